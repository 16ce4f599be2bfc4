"""Spreadsheets as the browser's pages show them: one that may be applied, one with problems."""

from livecommerce.accounts.models import User
from tests.products.sheets.making import send


def make_sheets(boss: User, sku: str) -> dict[str, int]:
    heading = ["sku", "name_zh", "list_price", "description_zh"]
    good = send(
        boss, "products", heading, [sku, "凤山大核桃", "98.50", "皮薄仁满。"], name="改价.csv"
    )
    wrong = send(
        boss,
        "products",
        heading,
        [sku, "国家级最佳核桃", "一百元", ""],
        ["GX-没有", "", "9.999", ""],
        name="有问题的表格.csv",
    )
    return {"goods_sheet": good.pk, "goods_sheet_wrong": wrong.pk}
