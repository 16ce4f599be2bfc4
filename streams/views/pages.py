"""The front page and the schedule."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from streams.domain import queries


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Most of the page is the same for everybody for some seconds: the template keeps those parts
    and calls for their rows only when it has to make them anew."""
    upcoming = SimpleLazyObject(queries.next_shows)
    context = {
        "live_cards": queries.live_cards,
        "next_shows": upcoming,
        "reminded": SimpleLazyObject(lambda: queries.reminded_of(request.user, upcoming)),
        "prefecture_tiles": lambda: queries.prefecture_tiles(_prefecture_url),
        "festival_today": queries.festival_today,
        "half_price_today": queries.half_price_today,
        "stories": queries.stories,
    }
    return render(request, "streams/home.html", context)


def _prefecture_url(code: str) -> str:
    return reverse("products:prefecture", args=[code])


@require_safe
def schedule(request: HttpRequest) -> HttpResponse:
    days = queries.schedule()
    rows = [show for day in days for show in day.shows]
    context = {"days": days, "reminded": queries.reminded_of(request.user, rows)}
    return render(request, "streams/schedule.html", context)
