"""Deals: drafts proposed and changed by the row. The base price is computed, never typed."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from livecommerce.errors import DomainError
from products.domain.deals import check_deal, propose_deal
from products.domain.sheets import cells
from products.domain.sheets.books import Book, Cells, Codes, Column, Judged
from products.domain.sheets.cells import Cell
from products.domain.sheets.problems import Problem, in_both_of
from products.domain.sheets.references import Names
from products.models import Deal, Festival, Product

_OPEN = (Deal.State.DRAFT, Deal.State.SUBMITTED)
_MONEY = cells.yuan(is_free_allowed=False)

COLUMNS: tuple[Column, ...] = (
    Column(
        "number",
        _("deal"),
        _("The number of a deal that exists; empty for a new one, which becomes a draft."),
        cells.shown(str),
        width=9,
    ),
    Column(
        "festival",
        _("festival"),
        _("By name or by its address on this site. It stays as it is for a deal that exists."),
        cells.shown(str),
        "festival",
        "三月三",
        18,
        is_needed=True,
    ),
    Column(
        "sku",
        _("SKU"),
        _("The product. It stays as it is for a deal that exists."),
        cells.shown(str),
        "",
        "GX-HC-01",
        13,
        is_needed=True,
    ),
    Column("name", _("name"), _("Only to look at."), cells.shown(str), width=22),
    Column(
        "price",
        _("price"),
        _("In yuan. At most what the festival’s rule allows of the base price."),
        _MONEY,
        "price_fen",
        "29.50",
        10,
        is_needed=True,
    ),
    Column(
        "base_price",
        _("base price"),
        _("Only to look at: computed from the price history when the deal is approved."),
        cells.shown(lambda fen: _MONEY.tell(fen)),
        "",
        "",
        10,
    ),
    Column(
        "quantity",
        _("units"),
        _("How many are promised."),
        cells.whole(least=1, most=1_000_000),
        "quantity",
        "500",
        9,
        is_needed=True,
    ),
    Column(
        "limit",
        _("limit a person"),
        _("How many one person may buy."),
        cells.whole(least=1, most=1_000),
        "per_person_limit",
        "2",
        9,
    ),
    Column(
        "starts_at",
        _("starts"),
        _("China’s time, like 2026-03-03 20:00."),
        cells.moment(),
        "starts_at",
        "2027-03-03 20:00",
        18,
        is_needed=True,
    ),
    Column(
        "ends_at",
        _("ends"),
        _("China’s time, within the festival."),
        cells.moment(),
        "ends_at",
        "2027-03-05 24:00",
        18,
        is_needed=True,
    ),
    Column(
        "payer_zh",
        _("who pays the difference (Chinese)"),
        _("Needed when the price does not cover the cost."),
        cells.text(longest=80),
        "subsidy_payer_zh",
        "",
        20,
    ),
    Column(
        "payer_en",
        _("who pays the difference (English)"),
        _("Needed when the price does not cover the cost."),
        cells.text(longest=120),
        "subsidy_payer_en",
        "",
        20,
    ),
    Column(
        "state",
        _("state"),
        _("Only to look at: deals are submitted and approved one by one."),
        cells.shown(lambda state: str(Deal.State(state).label)),
        width=10,
    ),
)


class DealBook(Book):
    columns: ClassVar[Sequence[Column]] = COLUMNS
    key: ClassVar[Sequence[str]] = ("number", "sku")

    def open(self, rows: Sequence[Cells], *, is_locked: bool) -> None:
        numbers = {int(row["number"]) for row in rows if _is_number(row["number"])}
        skus = {row["sku"].upper() for row in rows}
        self._know_festivals()
        found = Deal.objects.filter(pk__in=numbers).order_by("pk")
        if is_locked:
            found = found.select_for_update(of=("self",), no_key=True)  # buying goes on
        self.deals = {
            deal.pk: deal
            for deal in found.select_related("festival", "product__prefecture", "product__county")
        }
        goods = Product.objects.filter(sku__in=skus).defer("search")
        self.goods = {row.sku: row for row in goods.select_related("prefecture", "county__parent")}
        waiting = Deal.objects.filter(product__sku__in=skus, state__in=_OPEN, is_flash=False)
        self.waiting = {(deal.product_id, deal.starts_at): deal.pk for deal in waiting}
        self.windows: dict[int, list[tuple[Any, Any, int]]] = {}

    def _know_festivals(self) -> None:
        rows = Festival.objects.prefetch_related("regions")
        names = Names(
            rows,
            lambda row: (row.slug, row.name_zh, row.name_en),
            _("There is no festival “%(cell)s”."),
        )
        self.festivals = names.cell()

    def cell(self, column: Column) -> Cell:
        return self.festivals if column.name == "festival" else column.cell

    def judge(self, line: int, cells: Cells) -> Judged:
        number = cells["number"]
        judged = Judged(line, cells, key=number or cells["sku"].upper(), unique=number)
        is_new = not cells["number"]
        deal = Deal() if is_new else self._known(judged)
        if deal is not None and is_new:
            self._place(judged, deal)
        if deal is not None and not judged.problems:
            self._compare(judged, deal, is_new=is_new)
        judged.row = deal
        if deal is not None and deal.product_id:
            judged.name = deal.product.name_zh
        judged.settle(is_new=is_new)
        return judged

    def _known(self, judged: Judged) -> Deal | None:
        text = judged.cells["number"]
        deal = self.deals.get(int(text)) if _is_number(text) else None
        if deal is None:
            judged.refuse("number", _("There is no deal with this number."))
        elif not self.may(deal.product.prefecture_id):
            judged.refuse("number", _("This product is of a prefecture you do not look after."))
        elif deal.is_flash:
            judged.refuse("number", _("Flash sales are made by the host, not by a spreadsheet."))
        elif judged.cells["sku"].upper() not in ("", deal.product.sku):
            judged.refuse("sku", _("A deal keeps its product; make a new one instead."))
        return deal

    def _place(self, judged: Judged, deal: Deal) -> None:
        product = self.goods.get(judged.cells["sku"].upper())
        if product is None:
            judged.refuse("sku", _("There is no product with this number."))
        elif not self.may(product.prefecture_id):
            judged.refuse("sku", _("This product is of a prefecture you do not look after."))
        else:
            deal.product = product

    def _compare(self, judged: Judged, deal: Deal, *, is_new: bool) -> None:
        told = "" if deal.base_price_fen is None else _MONEY.tell(deal.base_price_fen)
        typed = judged.cells.get("base_price", "")
        if typed not in ("", told):
            judged.refuse(
                "base_price", _("The base price is computed from the price history, never typed.")
            )
        festival = deal.festival_id
        self.compare(judged, deal, self.columns, is_new=is_new)
        if judged.problems or not judged.changes:
            return
        if not is_new and deal.state not in _OPEN:
            judged.refuse(
                "", _("An approved deal keeps its terms. Withdraw it and propose a new one.")
            )
        elif not is_new and deal.festival_id != festival:
            judged.refuse("festival", _("A deal keeps its festival; make a new one instead."))
        else:
            self._check(judged, deal, is_new=is_new)

    def _check(self, judged: Judged, deal: Deal, *, is_new: bool) -> None:
        same = self.waiting.get((deal.product_id, deal.starts_at))
        if is_new and same is not None:
            judged.refuse(
                "starts_at", _("This is proposed already, as deal %(number)d."), number=same
            )
            return
        for starts_at, ends_at, line in self.windows.get(deal.product_id, []):
            if starts_at < deal.ends_at and ends_at > deal.starts_at:
                judged.refuse("starts_at", _("The dates overlap those of row %(line)d."), line=line)
                return
        try:
            check_deal(deal=deal)
        except DomainError as error:
            words = in_both_of(error, lambda: check_deal(deal=deal))
            judged.problems.append(Problem("price", words))
            return
        window = (deal.starts_at, deal.ends_at, judged.line)
        self.windows.setdefault(deal.product_id, []).append(window)

    def write(self, judged: Judged) -> models.Model:
        deal: Deal = judged.row
        if deal._state.adding:
            return propose_deal(
                festival=deal.festival,
                product=deal.product,
                price_fen=deal.price_fen,
                quantity=deal.quantity,
                per_person_limit=deal.per_person_limit,
                starts_at=deal.starts_at,
                ends_at=deal.ends_at,
                subsidy_payer_zh=deal.subsidy_payer_zh,
                subsidy_payer_en=deal.subsidy_payer_en,
                by=self.actor,
            )
        by_name = {column.name: column.attr for column in self.columns}
        deal.proposed_by = self.actor
        changed = [by_name[name] for name, *_rest in judged.changes]
        deal.save(update_fields=[*changed, "proposed_by"])
        return deal

    @classmethod
    def export(cls, codes: Codes) -> Iterator[list[str]]:
        """Those that are open or promised, without flash sales."""
        shown = (*_OPEN, Deal.State.APPROVED)
        found = Deal.objects.filter(state__in=shown, is_flash=False).order_by("pk")
        if codes is not None:
            found = found.filter(product__prefecture__in=codes)
        book = cls.__new__(cls)
        book._know_festivals()
        for deal in found.select_related("festival", "product").iterator(1_000):
            shown_only = {
                "number": str(deal.pk),
                "sku": deal.product.sku,
                "name": deal.product.name,
                "base_price": book._told(COLUMNS[5], deal.base_price_fen),
                "state": book._told(COLUMNS[-1], deal.state),
            }
            yield [
                shown_only[column.name]
                if column.name in shown_only
                else book._told(column, getattr(deal, column.attr))
                for column in COLUMNS
            ]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 12
