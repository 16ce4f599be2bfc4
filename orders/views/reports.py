"""Reports of shows, officials, prefectures and festivals: a page, a spreadsheet, a PDF."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from livecommerce.accounts.models import User
from officials.models import Region
from orders.domain.reports import as_pdf, as_xlsx, scope
from orders.domain.reports.charts import bars_of, draw_timeline, funnel_of
from orders.domain.reports.report import Report, make_report
from orders.domain.reports.tables import tables_of
from orders.domain.reports.words import BY_CODE, HEADLINE, WORDS, as_text, cards_of

MOST_BARS = 12


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What there is to read for this person; 404 for whom there is nothing."""
    user = _reader(request)
    context = {
        "shows": scope.readable_shows(user),
        "officials": scope.readable_officials(user),
        "prefectures": scope.readable_prefectures(user),
        "festivals": scope.readable_festivals(user),
    }
    if not any(context.values()):
        raise Http404
    return render(request, "orders/reports_home.html", context)


@require_safe
@login_required
def report(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    found = scope.find_scope(user=_reader(request), kind=kind, slug=slug)
    return render(request, "orders/report.html", _context(make_report(found)))


@require_safe
@login_required
def report_file(request: HttpRequest, kind: str, slug: str, form: str) -> HttpResponse:
    """The same to keep: `xlsx` or `pdf`."""
    found = scope.find_scope(user=_reader(request), kind=kind, slug=slug)
    made = make_report(found)
    words: dict[str, Any] = {
        "title": _("Report: %(title)s") % {"title": found.title},
        "about": _about(made),
        "notes": [(_("What the figures count"), ""), *_notes()],
    }
    if form == "xlsx":
        body, content_type = as_xlsx.write_report(tables_of(made), **words), as_xlsx.XLSX
    else:
        chart = draw_timeline(made.timeline, made.segments) if made.timeline else None
        body, content_type = as_pdf.write_report(tables_of(made), chart=chart, **words), as_pdf.PDF
    name = f"report-{kind}-{slug}-{timezone.localtime():%Y%m%d-%H%M}.{form}"
    return HttpResponse(
        body,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _context(made: Report) -> dict[str, Any]:
    found, total = made.scope, made.total
    usual = made.usual
    cards = cards_of(total, usual)
    stages = [_("Came"), _("Opened a product"), _("Ordered"), _("Paid"), _("Settled")]
    tables = {table.code: table for table in tables_of(made)}
    return {
        "report": made,
        "scope": found,
        "show": found.show,
        "about": _about(made),
        "headline": sorted(
            (card for card in cards if card.code in HEADLINE),
            key=lambda card: HEADLINE.index(card.code),
        ),
        "cards": [card for card in cards if card.code not in HEADLINE],
        "income": as_text(made.income.settled_fen, "fen"),
        "income_share": as_text(made.income.settled_share, "mille"),
        "income_coming": as_text(made.income.coming_fen, "fen"),
        "notes": _notes(),
        "funnel": funnel_of(total, stages),
        "money": bars_of(
            [
                (str(BY_CODE[code].label), BY_CODE[code].read(total) or 0, _text(code, total))
                for code in ("created", "paid", "settled", "returned")
            ]
        ),
        "goods": bars_of(
            [
                (row.product.name, row.sales.paid_fen, as_text(row.sales.paid_fen, "fen"))
                for row in made.products[:MOST_BARS]
                if row.sales.paid_fen
            ]
        ),
        "before": _before(made),
        "places": _places(made),
        "chart": draw_timeline(made.timeline, made.segments)
        if made.timeline and made.timeline.has_something
        else None,
        "tables": [tables[code] for code in tables if code != "figures"],
    }


def _before(made: Report) -> list[Any]:
    """This show's and the earlier ones' money as bars, oldest first."""
    if not made.earlier:
        return []
    rows = [*reversed(made.earlier), *made.shows]
    return bars_of(
        [
            (
                date_format(timezone.localtime(row.show.started_at), "SHORT_DATE_FORMAT"),
                row.figures.sales.paid_fen,
                as_text(row.figures.sales.paid_fen, "fen"),
            )
            for row in rows
        ]
    )


def _places(made: Report) -> list[Any]:
    if len(made.income_by_place) < 2:
        return []
    names = {place.pk: place.name for place in Region.objects.filter(pk__in=made.income_by_place)}
    ranked = sorted(made.income_by_place.items(), key=lambda one: -one[1].settled_fen)
    return bars_of(
        [
            (names.get(code, code), income.settled_fen, as_text(income.settled_fen, "fen"))
            for code, income in ranked
        ]
    )


def _about(made: Report) -> list[str]:
    found = made.scope
    lines = [found.about] if found.about else []
    if found.show is not None and found.show.started_at is not None:
        began = date_format(timezone.localtime(found.show.started_at), "DATETIME_FORMAT")
        length = (found.show.ended_at or made.at) - found.show.started_at
        minutes = max(length, timedelta()).total_seconds() // 60
        lines.append(
            _("On the air since %(when)s, for %(minutes)d minutes.")
            % {"when": began, "minutes": minutes}
        )
    else:
        lines.append(
            _("%(n)d shows; sales outside of shows are in no report.") % {"n": len(found.ids)}
        )
    if any(show.is_demo for show in found.shows):
        lines.append(_("Invented for the demonstration: no real people, no real orders."))
    if found.places:
        lines.append(_("Only the shows of your prefectures."))
    when = date_format(timezone.localtime(made.at), "DATETIME_FORMAT")
    lines.append(_("Counted %(when)s.") % {"when": when})
    return lines


def _notes() -> list[tuple[str, str]]:
    income = (
        _("Farmers’ income, settled"),
        _(
            "What the books credit to the producers of these goods for settled orders, refunds"
            " taken off, paid out by now or not. On the way: the same of orders that may still be"
            " returned."
        ),
    )
    return [*((str(word.label), str(word.note)) for word in WORDS), income]


def _text(code: str, total: Any) -> str:
    word = BY_CODE[code]
    return as_text(word.read(total), word.unit)


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
