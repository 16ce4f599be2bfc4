"""The front page and the schedule."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from streams.domain import queries


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    live = queries.live_cards()
    upcoming = queries.next_shows()
    context = {
        "live": live,
        "upcoming": upcoming,
        "reminded": queries.reminded_of(request.user, upcoming),
        "tiles": queries.prefecture_tiles(
            lambda code: reverse("products:prefecture", args=[code]), live
        ),
        "festival": queries.festival_today(),
        "offers": queries.half_price_today(),
        "stories": queries.stories(),
    }
    return render(request, "streams/home.html", context)


@require_safe
def schedule(request: HttpRequest) -> HttpResponse:
    days = queries.schedule()
    rows = [show for day in days for show in day.shows]
    context = {"days": days, "reminded": queries.reminded_of(request.user, rows)}
    return render(request, "streams/schedule.html", context)
