"""Which shows a report is about, and who may read it.

Hosts (and those who run shows with them) see their own, curators their prefecture's, superusers
all. For everybody else there is no such report: 404, whether the thing exists or not.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from livecommerce.accounts.models import User
from officials.domain.curation import curated_codes
from officials.models import Assistant, Official, Region
from products.models import Festival
from streams.domain.roles import standing_of
from streams.models import Broadcast

LOOK_BACK = timedelta(days=366)
"""Officials' and prefectures' reports are about so much of the past."""
LISTED = 50
HAPPENED = (Broadcast.State.LIVE, Broadcast.State.ENDED, Broadcast.State.READY)


class Kind(StrEnum):
    SHOW = "shows"
    OFFICIAL = "officials"
    PREFECTURE = "prefectures"
    FESTIVAL = "festivals"


@dataclass(frozen=True)
class Scope:
    """`shows` have begun, oldest first. `places`: of a festival, the prefectures that its reader
    may see; empty for the whole."""

    kind: Kind
    slug: str
    title: str
    about: str
    shows: tuple[Broadcast, ...]
    festival: Festival | None = None
    places: tuple[Region, ...] = ()

    @property
    def ids(self) -> list[int]:
        return [show.pk for show in self.shows]

    @property
    def show(self) -> Broadcast | None:
        """The one show of a show's report."""
        return self.shows[0] if self.kind == Kind.SHOW else None


def find_scope(*, user: User, kind: str, slug: str) -> Scope:
    """What `user` may read under this address. Raises Http404."""
    match kind:
        case Kind.SHOW:
            return _show(user, slug)
        case Kind.OFFICIAL:
            return _official(user, slug)
        case Kind.PREFECTURE:
            return _prefecture(user, slug)
        case Kind.FESTIVAL:
            return _festival(user, slug)
    raise Http404


def scope_of_show(show: Broadcast) -> Scope:
    """Without asking who wants to know."""
    return Scope(Kind.SHOW, show.public_id, show.title, show.host.full_post, (show,))


def scope_of_festival(festival: Festival, places: tuple[Region, ...] = ()) -> Scope:
    rows = _begun().filter(festival=festival)
    if places:
        rows = rows.filter(_in_places([place.pk for place in places]))
    about = "、".join(place.name for place in places)
    name = festival.name
    return Scope(Kind.FESTIVAL, festival.slug, name, about, tuple(rows), festival, places)


def scope_of_prefecture(place: Region) -> Scope:
    rows = _begun().filter(_in_places([place.pk]), started_at__gte=timezone.now() - LOOK_BACK)
    return Scope(Kind.PREFECTURE, place.pk, place.name, place.slogan, tuple(rows))


def scope_of_official(official: Official) -> Scope:
    rows = _begun().filter(host=official, started_at__gte=timezone.now() - LOOK_BACK)
    name = official.name
    return Scope(Kind.OFFICIAL, official.slug, name, official.full_post, tuple(rows))


def earlier_shows(show: Broadcast, *, most: int = 5) -> list[Broadcast]:
    """The host's last shows before this one, newest first."""
    rows = _begun().filter(host=show.host_id, started_at__lt=show.started_at).exclude(pk=show.pk)
    return list(rows.order_by("-started_at")[:most])


def readable_shows(user: User) -> list[Broadcast]:
    """The newest shows that `user` may read about."""
    return list(_readable(user).order_by("-started_at")[:LISTED])


def readable_officials(user: User) -> list[Official]:
    found = Official.objects.filter(broadcasts__in=_readable(user)).distinct()
    return list(found.select_related("region__parent").order_by("region_id", "pk")[:LISTED])


def readable_prefectures(user: User) -> list[Region]:
    rows = Region.objects.filter(kind=Region.Kind.PREFECTURE)
    return list(rows if user.is_superuser else rows.filter(pk__in=curated_codes(user)))


def readable_festivals(user: User) -> list[Festival]:
    if not (user.is_superuser or curated_codes(user)):
        return []
    return list(Festival.objects.order_by("-starts_at")[:LISTED])


def _begun() -> QuerySet[Broadcast]:
    rows = Broadcast.objects.filter(
        state__in=HAPPENED, rehearsal_of=None, started_at__isnull=False
    ).select_related("host__region__parent", "region__parent", "festival", "figures")
    return rows.order_by("started_at", "pk")


def _in_places(codes: list[str]) -> Q:
    return Q(region__in=codes) | Q(region__parent__in=codes)


def _readable(user: User) -> QuerySet[Broadcast]:
    if user.is_superuser:
        return _begun()
    hosts = Assistant.objects.filter(user=user).values("official")
    mine = Q(host__user=user, host__state=Official.State.VERIFIED) | Q(
        host__in=hosts, host__state=Official.State.VERIFIED
    )
    return _begun().filter(mine | _in_places(list(curated_codes(user))))


def _show(user: User, public_id: str) -> Scope:
    show = _begun().filter(public_id=public_id).first()
    if show is None or not (user.is_superuser or standing_of(user, show).may_see_figures):
        raise Http404
    return scope_of_show(show)


def _official(user: User, slug: str) -> Scope:
    official = Official.objects.select_related("region__parent").filter(slug=slug).first()
    if official is None:
        raise Http404
    is_own = official.user_id == user.pk and official.is_verified
    curates = official.region.prefecture.pk in curated_codes(user)
    if not (user.is_superuser or is_own or curates):
        raise Http404
    return scope_of_official(official)


def _prefecture(user: User, code: str) -> Scope:
    place = Region.objects.filter(pk=code, kind=Region.Kind.PREFECTURE).first()
    if place is None or not (user.is_superuser or place.pk in curated_codes(user)):
        raise Http404
    return scope_of_prefecture(place)


def _festival(user: User, slug: str) -> Scope:
    festival = Festival.objects.filter(slug=slug).first()
    codes = curated_codes(user)
    if festival is None or not (user.is_superuser or codes):
        raise Http404
    if user.is_superuser:
        return scope_of_festival(festival)
    return scope_of_festival(festival, tuple(Region.objects.filter(pk__in=codes)))
