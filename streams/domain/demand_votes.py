"""Votes for a demand: one a person, taken back at will, told of its answer."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from livecommerce import ratelimit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.notifications.domain import Message, notify_all
from livecommerce.notifications.models import Kind
from streams.models.demands import Demand, DemandVote

BATCH = 500


def vote(*, demand: Demand, user: User, wanted: bool = True) -> int:
    """Vote for it, or take the vote back; twice is once. Returns the votes.

    Locks the demand, so that a merge moves every vote. Raises DomainError: not_voted_on (409),
    too_fast (429).
    """
    ratelimit.require(f"demand-vote:{user.pk}", rate=30, per=60, burst=15)
    with transaction.atomic():
        locked = Demand.objects.select_for_update(of=("self",), no_key=True).get(pk=demand.pk)
        if not locked.is_voted_on:
            raise DomainError("not_voted_on", _("This is not voted on any more."), status=409)
        votes = DemandVote.objects.filter(demand=locked, user=user)
        if wanted:
            changed = DemandVote.objects.get_or_create(demand=locked, user=user)[1]
        else:
            changed = bool(votes.delete()[0])
        if changed:
            step = 1 if wanted else -1
            Demand.objects.filter(pk=locked.pk).update(votes=F("votes") + step)
    demand.refresh_from_db(fields=["votes"])
    return demand.votes


def move_votes(*, source: Demand, target: Demand) -> None:
    """Everyone who voted for one of the two has voted for the other, once. The caller holds both
    locks, and a transaction."""
    theirs = DemandVote.objects.filter(demand=target).values("user")
    DemandVote.objects.filter(demand=source, user__in=theirs).delete()
    DemandVote.objects.filter(demand=source).update(demand=target)
    counted = DemandVote.objects.filter(demand=target).aggregate(n=Count("pk"))["n"]
    Demand.objects.filter(pk=target.pk).update(votes=counted)
    Demand.objects.filter(pk=source.pk).update(votes=0)


def voted_by(user: User | None, demands: Sequence[Demand]) -> set[int]:
    """Those of `demands` that this person has voted for. One query."""
    if user is None or not user.is_authenticated:
        return set()
    rows = DemandVote.objects.filter(user=user, demand__in=[one.pk for one in demands])
    return set(rows.values_list("demand", flat=True))


def tell_voters() -> int:
    """Tell those who voted that there is an answer; each once. Returns how many were told."""
    answered = Demand.objects.filter(state__in=Demand.WITH_ANSWER, voters__told_at=None)
    return sum(_tell_some(demand) for demand in answered.distinct()[:20])


def _tell_some(demand: Demand) -> int:
    with transaction.atomic():
        rows = DemandVote.objects.select_for_update(skip_locked=True, of=("self",))
        untold = list(
            rows.filter(demand=demand, told_at=None).select_related("user").order_by("pk")[:BATCH]
        )
        notify_all([_message(demand, one.user) for one in untold])
        DemandVote.objects.filter(pk__in=[one.pk for one in untold]).update(told_at=timezone.now())
    return len(untold)


def _message(demand: Demand, user: User) -> Message:
    with translation.override(user.language):
        return Message(
            user=user,
            kind=Kind.VOICE_ANSWERED,
            key=f"demand:{demand.pk}:{user.pk}",
            title=_("Answered: %(title)s") % {"title": demand.title},
            body=demand.answer,
            url=demand.get_absolute_url(),
        )
