"""Everyday stock: goods taken in or given back, as a number to add. The rest is only shown.

Sales go on while a sheet is being filled in, so nobody types how many there are.
"""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from products.domain.sheets import cells
from products.domain.sheets.books import Book, Cells, Codes, Column, Judged
from products.domain.sheets.problems import Wrong
from products.domain.stock import receive_goods
from products.models import Product, StockPool

_NUMBER = cells.shown(str)
COLUMNS: tuple[Column, ...] = (
    Column(
        "sku", _("SKU"), _("Says which product is meant."), cells.shown(str), "", "GX-HC-01", 13
    ),
    Column("name", _("name"), _("Only to look at."), cells.shown(str), width=24),
    Column("unit", _("unit"), _("Only to look at."), cells.shown(str), width=12),
    Column("available", _("available"), _("Only to look at: free for everyday sale."), _NUMBER),
    Column("held", _("held"), _("Only to look at: held for buyers who are paying."), _NUMBER),
    Column("sold", _("sold"), _("Only to look at."), _NUMBER),
    Column(
        "add",
        _("goods in (+) or back (−)"),
        _("How many came in; with a minus, how many are taken back. Empty: nothing."),
        cells.whole(least=-1_000_000, most=1_000_000, is_signed=True),
        "",
        "50",
        16,
    ),
)


class StockBook(Book):
    columns: ClassVar[Sequence[Column]] = COLUMNS
    key: ClassVar[Sequence[str]] = ("sku", "add")

    def open(self, rows: Sequence[Cells], *, is_locked: bool) -> None:
        numbers = {cells["sku"].upper() for cells in rows}
        found = Product.objects.filter(sku__in=numbers).defer("search").order_by("pk")
        self.goods = {row.sku: row for row in found}
        pools = StockPool.objects.filter(product__sku__in=numbers, deal=None).order_by("pk")
        if is_locked:
            pools = pools.select_for_update(of=("self",))
        self.available = {pool.product_id: pool.available for pool in pools}

    def judge(self, line: int, cells: Cells) -> Judged:
        number = cells["sku"].upper()
        judged = Judged(line, cells, key=number, unique=number)
        row = self.goods.get(number)
        if row is None:
            judged.refuse("sku", _("There is no product with this number."))
        elif not self.may(row.prefecture_id):
            judged.refuse("sku", _("This product is of a prefecture you do not look after."))
        else:
            judged.row, judged.name = row, row.name_zh
            if cells["add"].replace("−", "-") not in ("", "0"):
                self._add(judged, row)
        judged.settle(is_new=False)
        return judged

    def _add(self, judged: Judged, row: Product) -> None:
        try:
            number = COLUMNS[-1].cell.read(judged.cells["add"].replace("−", "-"))
        except Wrong as wrong:
            judged.refuse("add", wrong.text, **wrong.values)
            return
        there = self.available.get(row.pk, 0)
        if there + number < 0:
            judged.refuse(
                "add",
                _("Only %(there)d are free; %(number)d cannot be taken back."),
                there=there,
                number=-number,
            )
        elif number:
            judged.changes.append(["add", "", f"{number:+d}"])

    def write(self, judged: Judged) -> models.Model:
        product: Product = judged.row
        receive_goods(product=product, quantity=int(judged.changes[0][2]))
        return product

    @classmethod
    def export(cls, codes: Codes) -> Iterator[list[str]]:
        found = Product.objects.exclude(state=Product.State.RETIRED).defer("search").order_by("sku")
        if codes is not None:
            found = found.filter(prefecture__in=codes)
        everyday = StockPool.objects.filter(deal=None)
        pools: dict[int, Any] = {pool.product_id: pool for pool in everyday}
        for row in found.iterator(1_000):
            pool = pools.get(row.pk)
            numbers = (pool.available, pool.held, pool.sold) if pool else (0, 0, 0)
            yield [row.sku, row.name, row.unit, *map(str, numbers), ""]
