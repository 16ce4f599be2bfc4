"""Spreadsheets of the catalogue: take one, send one, look at what it would do, say yes."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from livecommerce import audit, ratelimit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.sheets.writing import CSV, XLSX
from officials.models import Region
from products.domain.sheets import imports, progress, taking
from products.domain.sheets.kinds import BOOKS
from products.domain.sheets.limits import LIMITS
from products.domain.sheets.product_book import ROUND
from products.models import SheetImport, SheetRow
from products.sheet_forms import SheetForm
from products.tasks import work_on_sheet

FORMS = {"xlsx": XLSX, "csv": CSV}
MOST_SHOWN = 10
PAGE_SIZE = 50
_ORDER = (
    SheetRow.Verdict.PROBLEM,
    SheetRow.Verdict.CHANGED,
    SheetRow.Verdict.NEW,
    SheetRow.Verdict.SAME,
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@ratelimit.limited("sheet-upload", rate=20, per=60)
def sheets(request: HttpRequest) -> HttpResponse:
    """Where it begins: what to take, where to send, what came in before."""
    user = _curator(request)
    kind = request.GET.get("kind", SheetImport.Kind.PRODUCTS)
    kind = kind if kind in BOOKS else str(SheetImport.Kind.PRODUCTS)
    form, status = SheetForm(initial={"kind": kind}), 200
    if request.method == "POST":
        form = SheetForm(request.POST, request.FILES)
        status = 422
        if form.is_valid():
            kind = form.cleaned_data["kind"]
            file = form.cleaned_data["file"]
            try:
                sheet = imports.upload(
                    user=user,
                    kind=kind,
                    file_name=file.name,
                    # One byte more than allowed tells that it is too large; no more is read.
                    data=file.read(LIMITS.bytes + 1),
                    start=work_on_sheet.delay,
                )
                return redirect("products:sheet", sheet.pk)
            except DomainError as error:
                form.add_error("file", error.message)
                status = error.status
    codes = imports.scope_of(user)
    places = Region.objects.filter(kind=Region.Kind.PREFECTURE)
    context = {
        "form": form,
        "kind": kind,
        "kind_label": SheetImport.Kind(kind).label,
        "kinds": SheetImport.Kind.choices,
        "columns": taking.explained(kind),
        "prefectures": places if codes is None else places.filter(code__in=codes),
        "sheets": SheetImport.objects.filter(uploaded_by=user).defer("data")[:MOST_SHOWN],
        "most_rows": LIMITS.rows,
        "most_megabytes": LIMITS.bytes // 1024**2,
    }
    return render(request, "products/sheets.html", context, status=status)


@login_required
@require_safe
def take(request: HttpRequest, kind: str, what: str, form: str) -> HttpResponse:
    """A template or an export, as a file."""
    user = _curator(request)
    if kind not in BOOKS or form not in FORMS or what not in ("template", "export"):
        raise Http404
    ratelimit.require(f"sheet-take:{user.pk}", rate=30, per=60)
    place = request.GET.get("prefecture", "").replace("\x00", "")[:6]
    _require_place(user, place)
    if what == "template":
        body = taking.template(kind=kind, form=form)
    else:
        body = taking.export(user=user, kind=kind, form=form, prefecture=place)
    name = f"{kind}-{what}-{timezone.localtime():%Y%m%d-%H%M}.{form}"
    return HttpResponse(
        body,
        content_type=FORMS[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@login_required
@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is; what it would do, row by row; or what it did."""
    row = _sheet_or_404(_curator(request), pk, to_look=True)
    is_htmx = "HX-Request" in request.headers
    if is_htmx and row.is_waiting:
        return render(request, "products/_sheet_progress.html", _waiting(row))
    if is_htmx:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = _waiting(row) if row.is_waiting else _looked_at(request, row)
    return render(request, "products/sheet.html", context)


@login_required
@require_POST
@ratelimit.limited("sheet-apply", rate=20, per=60)
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Say yes: once, and only to what was shown."""
    row = _sheet_or_404(_curator(request), pk)
    if not imports.confirm(sheet=row, start=work_on_sheet.delay):
        messages.info(
            request, _("This sheet was applied or changed before; nothing is done twice.")
        )
    return redirect("products:sheet", row.pk)


@login_required
@require_POST
@ratelimit.limited("sheet-apply", rate=20, per=60)
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at it anew, as the catalogue is now."""
    row = _sheet_or_404(_curator(request), pk)
    imports.look_again(sheet=row, start=work_on_sheet.delay)
    return redirect("products:sheet", row.pk)


@login_required
@require_POST
@ratelimit.limited("sheet-apply", rate=20, per=60)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    row = _sheet_or_404(_curator(request), pk)
    if imports.discard(sheet=row):
        messages.success(request, _("Put aside. Nothing of it was applied."))
    return redirect("products:sheets")


def _curator(request: HttpRequest) -> User:
    """Whoever curates somewhere, and superusers; nobody else."""
    user = request.user
    assert isinstance(user, User)
    codes = imports.scope_of(user)
    if codes is not None and not codes:
        raise PermissionDenied
    return user


def _require_place(user: User, code: str) -> None:
    """Another prefecture's goods are nobody's to take; that somebody tried is written down."""
    codes = imports.scope_of(user)
    if not code or codes is None or code in codes:
        return
    place = get_object_or_404(Region, code=code)
    audit.record_refusal(actor=user, action="products.take_sheet", subject=place)
    raise PermissionDenied


def _sheet_or_404(user: User, pk: int, *, to_look: bool = False) -> SheetImport:
    """One's own; superusers may look at all."""
    rows = SheetImport.objects.select_related("uploaded_by").defer("data")
    if not (to_look and user.is_superuser):
        rows = rows.filter(uploaded_by=user)
    return get_object_or_404(rows, pk=pk)


def _waiting(row: SheetImport) -> dict[str, Any]:
    return {"sheet": row, "progress": progress.of(row.pk)}


def _looked_at(request: HttpRequest, row: SheetImport) -> dict[str, Any]:
    counts = {
        SheetRow.Verdict.PROBLEM: row.rows_problem,
        SheetRow.Verdict.CHANGED: row.rows_changed,
        SheetRow.Verdict.NEW: row.rows_new,
        SheetRow.Verdict.SAME: row.rows_same,
    }
    tabs = [(verdict, verdict.label, counts[verdict]) for verdict in _ORDER if counts[verdict]]
    wanted = request.GET.get("show", "")
    known = {verdict.value for verdict, _label, _count in tabs}
    shown = wanted if wanted in known else (tabs[0][0].value if tabs else "")
    page = Paginator(row.rows.filter(verdict=shown), PAGE_SIZE).get_page(request.GET.get("page"))
    titles = {column.name: str(column.title) for column in BOOKS[row.kind].columns}
    return {
        "sheet": row,
        "tabs": tabs,
        "shown": shown,
        "page": page,
        "rows": [_told(one, titles) for one in page.object_list],
        "work": row.rows_new + row.rows_changed,
        "rounds": row.rows.filter(notices__contains=[[ROUND]]).count(),
        "history": audit.history(row)[:5] if row.state == SheetImport.State.APPLIED else [],
    }


def _told(row: SheetRow, titles: dict[str, str]) -> dict[str, Any]:
    """A row as the page shows it: each change and each word with its column's title."""
    return {
        "row": row,
        "changes": [(titles.get(name, name), old, new) for name, old, new in row.changes],
        "problems": [
            (titles.get(name, ""), words)
            for (name, _both), words in zip(row.problems, row.problem_words, strict=True)
        ],
        "notices": [
            (titles.get(name, ""), words)
            for (name, _both), words in zip(row.notices, row.notice_words, strict=True)
        ],
    }
