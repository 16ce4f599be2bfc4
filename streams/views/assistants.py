"""Who helps in one show: named, given other rights, or removed, by its host."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from streams.crew_forms import RIGHTS, ShowAssistantForm
from streams.domain import assistants as crew
from streams.domain import roles
from streams.views.room import find_show


@require_http_methods(["GET", "POST"])
@never_cache
@limited("name-assistant", rate=20, per=600)
@login_required
def assistants(request: HttpRequest, public_id: str) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    broadcast = find_show(public_id)
    roles.require_console(user, broadcast, "may_name")
    if broadcast.rehearsal_of is not None:
        return redirect("streams:assistants", broadcast.rehearsal_of.public_id)
    form = ShowAssistantForm(request.POST or None, initial={"rights": [RIGHTS[0][0]]})
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            named = crew.name_assistant(broadcast=broadcast, by=user, **form.cleaned_data)
        except DomainError as error:
            form.add_error("rights" if error.code == "bad_rights" else "email", error.message)
            status = error.status
        else:
            messages.success(
                request, _("%(name)s can help you now.") % {"name": named.user.display_name}
            )
            return redirect("streams:assistants", public_id)
    context = {
        "broadcast": broadcast,
        "form": form,
        "assistants": crew.assistants_of(broadcast),
        "rights": RIGHTS,
    }
    return render(request, "streams/assistants.html", context, status=status)


@require_POST
@limited("change-assistant", rate=60, per=600)
@login_required
def change(request: HttpRequest, public_id: str, user_id: int) -> HttpResponse:
    """The ticked rights and no others; none ticked, or "remove", removes."""
    user: User = request.user  # type: ignore[assignment]
    broadcast = find_show(public_id)
    rights = request.POST.getlist("rights")
    if "remove" in request.POST or not rights:
        crew.remove_assistant(broadcast=broadcast, by=user, user_id=user_id)
        messages.success(request, _("Removed."))
    else:
        crew.change_rights(broadcast=broadcast, by=user, user_id=user_id, rights=rights)
        messages.success(request, _("Changed. It counts at once, in open consoles too."))
    return redirect("streams:assistants", public_id)


@require_safe
@never_cache
@limited("console-rights", rate=60, per=60)
@login_required
def rights(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asked by an open console whose connection came back, with what it was drawn for (`had`):
    204 while that still holds, or else where this person belongs now, and a word about it."""
    user: User = request.user  # type: ignore[assignment]
    broadcast = find_show(public_id)
    standing = roles.standing_of(user, broadcast)
    if request.GET.get("had", "") == ",".join(standing.sorted_marks):
        return HttpResponse(status=204)
    messages.info(request, _("What you may do in this show has changed."))
    may_stay = standing.may_see_console or standing.is_curator
    return JsonResponse(
        {"go": reverse("streams:console" if may_stay else "streams:room", args=[public_id])}
    )
