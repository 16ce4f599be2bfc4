"""The inbox: what the shop had to say to you."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from livecommerce.accounts.models import User
from livecommerce.notifications import choices, domain

PAGE_LENGTH = 20


@require_GET
@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """Opening it is reading it: what was new is still marked on this view, and not on the next."""
    user = request.user
    assert isinstance(user, User)
    rows = choices.in_inbox(user)
    page = Paginator(rows, PAGE_LENGTH).get_page(request.GET.get("page"))
    notifications = list(page.object_list)
    domain.mark_read(user=user)
    return render(
        request, "notifications/inbox.html", {"page": page, "notifications": notifications}
    )
