"""The host's own pages: my shows, planning one, and the console."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from livecommerce import addresses
from livecommerce.accounts import step_up
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.ratelimit import limited
from officials.domain.hosting import officials_one_may_host_for
from officials.models import Official
from streams.domain import (
    engine,
    offers,
    queries,
    roles,
    run_of_show_templates,
    schedule,
    snapshot,
    stream_keys,
    tokens,
)
from streams.domain.flash_board import board_of
from streams.domain.run_of_show_board import board_of as run_board_of
from streams.forms import ShowForm
from streams.models import Broadcast
from streams.views.chat_parts import chat_parts
from streams.views.cockpit import cockpit_parts, health_parts
from streams.views.demand_reading import answer_parts
from streams.views.draw_desk import desk_parts
from streams.views.posters import portrait_parts
from streams.views.rehearsal import crowd_parts
from streams.views.relay import relay_parts
from streams.views.room import find_show, playback_of, shelf_rows, show_state


def _official_of(user: User) -> Official:
    """The verified official this person is, or else the first they assist; 404 for others."""
    official = _hosts_for(user)
    if official is None:
        raise Http404
    return official


def _hosts_for(user: User) -> Official | None:
    mine = officials_one_may_host_for(user).select_related("region__parent")
    return min(mine, key=lambda official: official.user_id != user.pk, default=None)


@require_safe
@login_required
def host_home(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    official = _hosts_for(user)
    shows = list(queries.hosted_by(user)[:40])
    if official is None and not shows:
        raise Http404  # neither a host nor somebody who helps in a show
    context = {
        "official": official,
        "to_come": [show for show in reversed(shows) if not show.is_over],
        "past": [show for show in shows if show.is_over],
        "portrait": portrait_parts(user),
    }
    return render(request, "streams/host_home.html", context)


@require_http_methods(["GET", "POST"])
@limited("plan-show", rate=20, per=3600)
@login_required
def plan(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    official = _official_of(user)
    form = ShowForm(request.POST or None, host=official)
    if request.method == "POST" and form.is_valid():
        try:
            show = schedule.schedule_show(
                host=official,
                by=user,
                title_zh=form.cleaned_data["title_zh"],
                title_en=form.cleaned_data["title_en"],
                scheduled_at=form.cleaned_data["scheduled_at"],
                planned_minutes=form.cleaned_data["planned_minutes"],
                products=form.chosen_products(),
                picture_source=form.cleaned_data["picture_source"]
                or Broadcast.PictureSource.CAMERA,
            )
            if template := form.cleaned_data["run"]:
                run_of_show_templates.use_template(broadcast=show, by=user, template_id=template.pk)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("The show is in the schedule."))
            return redirect("streams:console", show.public_id)
    context = {"form": form, "official": official}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "streams/plan.html", context, status=status)


@require_safe
@never_cache
@login_required
def console(request: HttpRequest, public_id: str) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    broadcast = find_show(public_id)
    standing = roles.require_console(user, broadcast, "may_see_console")
    if standing.may_run and _should_prove_first(request, broadcast):
        return step_up.ask(request)
    state = snapshot.snapshot(broadcast)
    now_ms = offers.epoch_ms(timezone.now()) or 0
    media = addresses.media_url(request)
    encoder_token = ""
    if standing.may_run and not broadcast.is_over:
        encoder_token = tokens.issue_publish_token(
            user=user, broadcast=broadcast, seconds=tokens.ENCODER_SECONDS
        )
    context = {
        "broadcast": broadcast,
        "standing": standing,
        "state": state,
        "now_ms": now_ms,
        "shelf": shelf_rows(state, public_id, now_ms),
        "pinned_items": {pin["item"] for pin in state["pins"]["open"]},
        "show_state": show_state(state["show"]),
        "board": board_of(broadcast),
        "run_board": run_board_of(broadcast),
        "whip_url": engine.publish_url(broadcast, base=media),
        "encoder_token": encoder_token,
        "offers_rtmp": stream_keys.is_offered(),
        "ws_url": f"{addresses.realtime_url(request)}/ws/rooms/{public_id}",
        "is_live": broadcast.is_on_air,
    }
    if broadcast.is_rehearsal:
        context |= crowd_parts(broadcast)
    if standing.may_draw:
        context |= desk_parts(broadcast)
    if standing.may_run:
        context |= relay_parts(broadcast) | answer_parts(broadcast)
    elif not broadcast.is_over:
        context["playback"] = playback_of(request, broadcast)
    if standing.may_see_figures:
        context |= cockpit_parts(broadcast) | health_parts()
    context |= chat_parts(request, broadcast, standing)
    return render(request, "streams/console.html", context)


def _should_prove_first(request: HttpRequest, broadcast: Broadcast) -> bool:
    """Before the show, when the console is opened for it; never while one is on the air."""
    seconds = settings.GO_LIVE_PROOF_HOURS * 3600
    is_to_come = broadcast.state == Broadcast.State.SCHEDULED
    return is_to_come and not step_up.is_fresh(request, seconds=seconds)
