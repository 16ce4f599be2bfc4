"""The history of a prefecture's list: who, what, before, after, and taking it back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from officials.models import Region
from products.curate.door import in_workspace, user_of
from products.domain import curation_history

PAGE_LENGTH = 20


@require_safe
@in_workspace
def history(request: HttpRequest, prefecture: Region) -> HttpResponse:
    pages = Paginator(curation_history.changes_of(prefecture), PAGE_LENGTH)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "prefecture": prefecture,
        "tab": "history",
        "page": page,
        "changes": curation_history.told(list(page.object_list)),
    }
    return render(request, "products/curate/history.html", context)


@require_POST
@limited("curate", rate=120, per=60, burst=60)
@in_workspace
def undo(request: HttpRequest, prefecture: Region, pk: int) -> HttpResponse:
    try:
        curation_history.undo(prefecture=prefecture, by=user_of(request), entry_id=pk)
    except DomainError as refusal:
        if refusal.status != 409:
            raise
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Taken back. This is a change too, and can be taken back."))
    return redirect("products:curate_history", prefecture.code)
