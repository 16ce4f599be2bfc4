"""Goods: new ones arrive as drafts, known ones change field by field. A price keeps its history."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django.db import IntegrityError, models
from django.utils.translation import gettext_lazy as _

from products.domain.approval_rules import facts_of
from products.domain.claims import take_back_fallen
from products.domain.corrections import Correction, Rounds, open_rounds
from products.domain.refusals import explain
from products.domain.search_index import index_products
from products.domain.sheets import cells
from products.domain.sheets.books import Book, Cells, Codes, Column, Judged
from products.domain.sheets.cells import Cell
from products.domain.sheets.references import (
    category_names,
    county_names,
    prefecture_names,
    producer_names,
)
from products.models import Deal, Product
from products.words import COLD_CHAIN, OTHER_STANDING, PROTECTED_ORIGIN, STORAGE

SKU = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{0,18}[A-Z0-9])?")
_REFERENCE = cells.shown(str)
"""Read and told by the book, which knows what there is."""
_INDEXED = {"name_zh", "name_en", "aliases", "prefecture", "county", "producer", "category"}

COLUMNS: tuple[Column, ...] = (
    Column(
        "sku",
        _("SKU"),
        _("Says which product is meant; one that is not known yet makes a new product, a draft."),
        cells.shown(str),
        example="GX-HC-91",
        width=13,
    ),
    Column(
        "name_zh",
        _("name (Chinese)"),
        _("At most 120 characters."),
        cells.text(longest=120, is_required=True),
        "name_zh",
        "凤山核桃",
        22,
        is_needed=True,
        is_public=True,
    ),
    Column(
        "name_en",
        _("name (English)"),
        _("At most 160 characters."),
        cells.text(longest=160),
        "name_en",
        "Fengshan walnut",
        26,
        is_public=True,
    ),
    Column(
        "aliases",
        _("other names"),
        _("What people also search for, parted by spaces."),
        cells.text(longest=200),
        "aliases",
        "胡桃",
        18,
        is_public=True,
    ),
    Column(
        "prefecture",
        _("prefecture"),
        _("By name or six-digit code; it must be one you look after."),
        _REFERENCE,
        "prefecture",
        "河池市",
        12,
        is_needed=True,
    ),
    Column(
        "county",
        _("county"),
        _("A county of that prefecture, by name or code; empty for the whole prefecture."),
        _REFERENCE,
        "county",
        "凤山县",
        14,
    ),
    Column(
        "category",
        _("kind of goods"),
        _("One of the kinds of goods of this site."),
        _REFERENCE,
        "category",
        "坚果",
        12,
        is_needed=True,
    ),
    Column(
        "producer",
        _("producer"),
        _("By name, as it is known here; it must be of that prefecture."),
        _REFERENCE,
        "producer",
        "青山合作社",
        22,
        is_needed=True,
    ),
    Column(
        "unit_zh",
        _("unit (Chinese)"),
        _("What one piece is, such as 3斤/袋."),
        cells.text(longest=40, is_required=True),
        "unit_zh",
        "3斤/袋",
        12,
        is_needed=True,
    ),
    Column(
        "unit_en",
        _("unit (English)"),
        _("At most 60 characters."),
        cells.text(longest=60),
        "unit_en",
        "1.5 kg bag",
        14,
    ),
    Column(
        "net_weight_g",
        _("net weight (g)"),
        _("Whole grams."),
        cells.whole(least=1, most=1_000_000),
        "net_weight_g",
        "1500",
        11,
        is_needed=True,
    ),
    Column(
        "list_price",
        _("list price"),
        _("In yuan. A change is written into the public price history at once."),
        cells.yuan(is_free_allowed=False),
        "list_price_fen",
        "96.00",
        10,
        is_needed=True,
    ),
    Column(
        "producer_cost",
        _("producer’s share"),
        _("In yuan, for one piece."),
        cells.yuan(is_free_allowed=True),
        "producer_cost_fen",
        "32.00",
        10,
    ),
    Column(
        "packing",
        _("packing"),
        _("In yuan, for one piece."),
        cells.yuan(is_free_allowed=True),
        "packing_fen",
        "3.00",
        10,
    ),
    Column(
        "freight",
        _("freight"),
        _("In yuan, for one piece."),
        cells.yuan(is_free_allowed=True),
        "freight_fen",
        "6.00",
        10,
    ),
    Column(
        "shelf_life_days",
        _("keeps for (days)"),
        _("Whole days from sending."),
        cells.whole(least=1, most=36_500),
        "shelf_life_days",
        "270",
        10,
        is_needed=True,
    ),
    Column(
        "storage",
        _("storage"),
        _("How the buyer keeps it."),
        cells.one_of(STORAGE),
        "storage",
        "ambient",
        16,
        is_needed=True,
    ),
    Column(
        "cold_chain",
        _("cold chain"),
        _("How it travels."),
        cells.one_of(COLD_CHAIN),
        "cold_chain",
        "none",
        16,
    ),
    Column(
        "season_months",
        _("months in season"),
        _("Month numbers with spaces between, or “all year”."),
        cells.months(),
        "season_months",
        "9 10 11",
        14,
    ),
    Column(
        "gi_status",
        _("standing"),
        _("A protected origin or other standing, as in the list; empty for none."),
        cells.one_of(PROTECTED_ORIGIN | OTHER_STANDING, is_required=False),
        "gi_status",
        "",
        18,
    ),
    Column(
        "seven_day_return",
        _("7-day return"),
        _("Whether it may be sent back within seven days without a reason."),
        cells.flag(),
        "seven_day_return",
        "yes",
        10,
    ),
    Column(
        "description_zh",
        _("description (Chinese)"),
        _("Words of the advertising law are marked; forbidden ones are not taken."),
        cells.text(longest=3_000),
        "description_zh",
        "",
        40,
        is_public=True,
    ),
    Column(
        "description_en",
        _("description (English)"),
        _("Words of the advertising law are marked; forbidden ones are not taken."),
        cells.text(longest=3_000),
        "description_en",
        "",
        40,
        is_public=True,
    ),
    Column(
        "fulfilment_note_zh",
        _("note on delivery (Chinese)"),
        _("Shown when buying, such as how fresh goods are replaced."),
        cells.text(longest=200),
        "fulfilment_note_zh",
        "",
        26,
        is_public=True,
    ),
    Column(
        "fulfilment_note_en",
        _("note on delivery (English)"),
        _("Shown when buying, such as how fresh goods are replaced."),
        cells.text(longest=240),
        "fulfilment_note_en",
        "",
        26,
        is_public=True,
    ),
    Column(
        "state",
        _("state"),
        _("Only to look at: goods are approved and listed one by one."),
        cells.shown(lambda state: str(Product.State(state).label)),
        width=10,
    ),
)


_PRICED = ("list_price", "producer_cost", "packing", "freight")
ROUND = "round"
"""In a row's notices: that it waits for another office."""


class ProductBook(Book):
    """What is approved or on sale changes as it does in the back room: at once, and somebody else
    confirms it or has it set back (`products.domain.corrections`). New goods are drafts."""

    columns: ClassVar[Sequence[Column]] = COLUMNS
    key: ClassVar[Sequence[str]] = ("sku",)

    def open(self, rows: Sequence[Cells], *, is_locked: bool) -> None:
        numbers = {cells["sku"].upper() for cells in rows}
        self._know_names()
        found = Product.objects.filter(sku__in=numbers).defer("search").order_by("pk")
        if is_locked:
            found = found.select_for_update(of=("self",), no_key=True)  # buying goes on
        related = ("prefecture", "county", "category", "producer__region__parent")
        self.goods = {row.sku: row for row in found.select_related(*related)}
        self.rounds = Rounds(self.goods.values())
        self.corrections: dict[int, Correction] = {}

    def _know_names(self) -> None:
        self.names = {
            "prefecture": prefecture_names(),
            "county": county_names(),
            "category": category_names(),
            "producer": producer_names(),
        }
        self.reference_cells = {
            name: names.cell(is_required=name != "county") for name, names in self.names.items()
        }

    def cell(self, column: Column) -> Cell:
        return self.reference_cells.get(column.name, column.cell)

    def judge(self, line: int, cells: Cells) -> Judged:
        number = cells["sku"].upper()
        judged = Judged(line, cells, key=number, unique=number)
        row = self.goods.get(number)
        is_new = row is None
        before = {} if row is None else facts_of(row)
        if row is None:
            if not SKU.fullmatch(number):
                judged.refuse(
                    "sku", _("A number has up to 20 capital letters, digits and hyphens.")
                )
            row = Product(sku=number, state=Product.State.DRAFT, season_months=list(range(1, 13)))
        elif not self.may(row.prefecture_id):
            judged.refuse("sku", _("This product is of a prefecture you do not look after."))
        if is_new or not judged.problems:  # of a foreign product nothing more is said
            self.compare(judged, row, self.columns, is_new=is_new)
            self._check_places(judged, row)
        if not is_new and not judged.problems:
            self._check_round(judged, row, before)
        judged.row, judged.name = row, row.name_zh
        judged.settle(is_new=is_new)
        return judged

    def _check_round(self, judged: Judged, row: Product, before: dict[str, Any]) -> None:
        """Approved goods that change make a round; they cannot be in two."""
        changes = self.rounds.changes_of(row, before)
        if not changes:
            return
        if self.rounds.is_in_one(row):
            judged.refuse(
                "",
                _("These goods are with an office already; what it decides comes first."),
            )
            return
        correction = Correction(row, changes)
        judged.office = correction.office
        judged.note(
            ROUND,
            _("Counts at once and waits for %(office)s to confirm it; sent back, it is undone."),
            office=self.rounds.office_name(correction),
        )
        self.corrections[judged.line] = correction

    def _check_places(self, judged: Judged, row: Product) -> None:
        if any(one.field in ("prefecture", "county", "producer") for one in judged.problems):
            return
        if not row.prefecture_id:
            return  # said already: new rows need it
        if not self.may(row.prefecture_id):
            judged.refuse("prefecture", _("You do not look after this prefecture."))
        elif row.county is not None and row.county.parent_id != row.prefecture_id:
            judged.refuse(
                "county",
                _("%(county)s does not belong to %(prefecture)s."),
                county=row.county.name_zh,
                prefecture=row.prefecture.name_zh,
            )
        if row.producer_id and row.producer.region.prefecture.code != row.prefecture_id:
            judged.refuse(
                "producer",
                _("%(producer)s is not a producer of %(prefecture)s."),
                producer=row.producer.name_zh,
                prefecture=row.prefecture.name_zh,
            )

    def write(self, judged: Judged) -> models.Model:
        row: Product = judged.row
        try:
            if row._state.adding:
                row.save(force_insert=True)
            else:
                by_name = {column.name: column.attr for column in self.columns}
                row.save(
                    update_fields=[*(by_name[name] for name, *_ in judged.changes), "updated_at"]
                )
        except IntegrityError as error:
            raise explain(error) from error
        return row

    def finish(self, written: Sequence[Judged]) -> None:
        changed = [
            judged.row.pk
            for judged in written
            if any(name in _INDEXED for name, *_ in judged.changes)
        ]
        index_products(Product.objects.filter(pk__in=changed))
        open_rounds(list(self.corrections.values()), by=self.actor)
        priced = [
            judged.row.pk
            for judged in written
            if any(name in _PRICED for name, *_ in judged.changes)
        ]
        take_back_fallen(Deal.objects.filter(product__in=priced))

    @classmethod
    def export(cls, codes: Codes) -> Iterator[list[str]]:
        book = cls.__new__(cls)
        book._know_names()
        found = Product.objects.defer("search").order_by("sku")
        if codes is not None:
            found = found.filter(prefecture__in=codes)
        related = ("prefecture", "county", "category", "producer")
        for row in found.select_related(*related).iterator(1_000):
            yield [
                book._told(column, getattr(row, column.attr or column.name)) for column in COLUMNS
            ]
