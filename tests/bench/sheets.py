"""How long 5,000 rows take: `python -m tests.bench.sheets [--rows 5000]`.

An export of all goods, which are on sale, as XLSX is changed in every row (a price, a description,
two names) and sent back: read, compared, shown, applied with a round for each row, each as the
worker does it, with PostgreSQL and Valkey of its own. Beside it openpyxl reading the same file and
doing nothing with it.
"""

import argparse
import io
import json
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from livecommerce.embedded import places
from livecommerce.embedded.postgres import start_postgres
from livecommerce.embedded.valkey import start_valkey


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000)
    options = parser.parse_args()
    with _servers():
        print(json.dumps(_measure(options.rows)))


@contextmanager
def _servers() -> Iterator[None]:
    folder = Path(tempfile.mkdtemp(prefix="livecommerce-bench-"))
    folder.chmod(0o711)
    postgres = start_postgres(folder, durable=False)
    valkey = start_valkey(folder, durable=False)
    os.environ.update(
        DATABASE_URL=postgres.url,
        REDIS_URL=valkey.url,
        DATA_DIR=str(folder),
        SECRET_KEY=secrets.token_hex(32),
        MEDIA_HOOK_SECRET=secrets.token_hex(16),
        DJANGO_SETTINGS_MODULE="livecommerce.settings",
        LOG_LEVEL="ERROR",
    )
    try:
        import django  # the environment is set above
        from django.core.management import call_command

        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
        yield
    finally:
        valkey.stop()
        postgres.stop()
        places.forget(folder)


def _measure(rows: int) -> dict[str, float]:
    from livecommerce.accounts.models import User
    from products.domain.sheets import imports, taking
    from products.models import Product, SheetImport

    _make_goods(rows)
    boss = User.objects.create(email="boss@example.org", is_staff=True, is_superuser=True)
    began = time.perf_counter()
    taken = taking.export(user=boss, kind="products", form="xlsx")
    export_s = time.perf_counter() - began
    data = _changed(taken)

    began = time.perf_counter()
    bare = _read_barely(data)
    bare_s = time.perf_counter() - began
    assert bare == rows + 1, "the reference reads all"

    began = time.perf_counter()
    sheet = imports.upload(
        user=boss, kind="products", file_name="x.xlsx", data=data, start=lambda pk: pk
    )
    imports.work_on(sheet.pk)
    preview_s = time.perf_counter() - began
    sheet = SheetImport.objects.get(pk=sheet.pk)
    assert (sheet.rows_changed, sheet.rows_problem) == (rows, 0), "each row changes"

    began = time.perf_counter()
    assert imports.confirm(sheet=sheet, start=lambda pk: pk)
    imports.work_on(sheet.pk)
    apply_s = time.perf_counter() - began
    assert SheetImport.objects.get(pk=sheet.pk).state == "applied"
    assert Product.objects.filter(name_zh__endswith="（新）").count() == rows
    return {
        "rows": rows,
        "xlsx_kb": round(len(data) / 1000),
        "export_s": round(export_s, 2),
        "preview_s": round(preview_s, 2),
        "apply_s": round(apply_s, 2),
        "import_s": round(preview_s + apply_s, 2),
        "openpyxl_read_s": round(bare_s, 2),
        "over_openpyxl_read": round((preview_s + apply_s) / bare_s, 2),
    }


def _make_goods(rows: int) -> None:
    from officials.models import Region
    from products.models import Category, Producer, Product

    place = Region.objects.create(
        code="451200", kind="prefecture", name_zh="河池市", short_zh="河池", name_en="Hechi"
    )
    county = Region.objects.create(
        code="451223", kind="county", parent=place, name_zh="凤山县", name_en="Fengshan County"
    )
    kind = Category.objects.create(slug="nuts", name_zh="坚果", name_en="Nuts")
    farms = [
        Producer.objects.create(region=county, name_zh=f"青山{n}社", name_en=f"Green Hill {n}")
        for n in range(50)
    ]
    Product.objects.bulk_create(
        Product(
            sku=f"B-{number}",
            name_zh=f"凤山核桃{number}号",
            name_en=f"Fengshan walnut lot {number}",
            category=kind,
            producer=farms[number % len(farms)],
            prefecture=place,
            county=county,
            unit_zh="3斤/袋",
            unit_en="1.5 kg bag",
            description_zh="皮薄仁满，凤山石山地里长大的老树核桃。" * 4,
            description_en="Thin shells and full kernels from old trees in the karst hills. " * 4,
            net_weight_g=1500,
            list_price_fen=9600,
            producer_cost_fen=3200,
            packing_fen=300,
            freight_fen=600,
            shelf_life_days=270,
            storage="ambient",
            season_months=[9, 10, 11],
            state=Product.State.LISTED,
        )
        for number in range(rows)
    )


def _changed(data: bytes) -> bytes:
    from openpyxl import load_workbook

    from livecommerce.sheets.writing import Column, write_xlsx

    sheet = load_workbook(io.BytesIO(data), read_only=True).worksheets[0]
    heading, *rows = [
        [str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)
    ]
    for row in rows:
        row[1], row[2] = f"{row[1]}（新）", f"{row[2]} (new)"
        row[11], row[21] = "97.50", f"{row[21]}今年的新果。"
    return write_xlsx([Column(title, 12) for title in heading], rows, title="x")


def _read_barely(data: bytes) -> int:
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(data), read_only=True).worksheets[0]
    return sum(1 for _row in sheet.iter_rows(values_only=True))


if __name__ == "__main__":
    main()
