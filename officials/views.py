"""Pages about officials: the directory, one of them, applying, and naming assistants."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import select_template
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited, require
from officials.domain.hosting import name_assistant, remove_assistant
from officials.domain.queries import officials_by_prefecture, verified_officials
from officials.domain.verification import apply_to_host
from officials.forms import ApplicationForm, AssistantForm
from officials.models import Official


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    return render(request, "officials/directory.html", {"groups": officials_by_prefecture()})


@require_safe
def official(request: HttpRequest, slug: str) -> HttpResponse:
    person = get_object_or_404(verified_officials(), slug=slug)
    context = {
        "official": person,
        "shows_template": select_template(
            ["streams/_official_shows.html", "officials/_no_shows.html"]
        ),
    }
    return render(request, "officials/official.html", context)


@login_required
def apply(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    mine = Official.objects.filter(user=request.user).select_related("region").first()
    if mine is not None:
        return render(request, "officials/application.html", {"official": mine})
    is_sent = request.method == "POST"
    form = ApplicationForm(request.POST, request.FILES) if is_sent else ApplicationForm()
    if form.is_valid():
        try:
            require(f"officials.apply:{request.user.pk}", rate=10, per=600)
            apply_to_host(user=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error("portrait" if error.code.startswith("picture") else None, error.message)
            return render(request, "officials/apply.html", {"form": form}, status=error.status)
        return redirect("officials:apply")
    status = 422 if form.is_bound else 200
    return render(request, "officials/apply.html", {"form": form}, status=status)


@login_required
def assistants(request: HttpRequest) -> HttpResponse:
    """An official's own page; whoever is not verified has none."""
    person = get_object_or_404(verified_officials(), user=request.user)
    form = AssistantForm(request.POST) if request.method == "POST" else AssistantForm()
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            require(f"officials.assistant:{request.user.pk}", rate=10, per=600)
            assistant = name_assistant(official=person, email=form.cleaned_data["email"])
        except DomainError as error:
            form.add_error("email", error.message)
            status = error.status
        else:
            messages.success(
                request, _("%(name)s can help you now.") % {"name": assistant.user.display_name}
            )
            return redirect("officials:assistants")
    context = {
        "official": person,
        "assistants": person.assistants.select_related("user"),
        "form": form,
    }
    return render(request, "officials/assistants.html", context, status=status)


@login_required
@require_POST
@limited("officials.assistant.drop", rate=30, per=600)
def drop_assistant(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(verified_officials(), user=request.user)
    get_object_or_404(person.assistants, pk=pk)
    remove_assistant(official=person, assistant_id=pk)
    messages.success(request, _("Removed."))
    return redirect("officials:assistants")
