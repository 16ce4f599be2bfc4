"""What the public says becomes suggested demands: one voice after the other, each counted once."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from livecommerce.accounts.models import User
from officials.models import Region
from products.models import Product
from streams.domain.demand_grouping import find_group, hold_turn
from streams.domain.demand_tags import tags_for
from streams.models.demands import Demand, DemandEvent, DemandVoice, DemandVote

LONGEST_GIST = 200
Source = DemandVoice.Source


@dataclass(frozen=True)
class Heard:
    """`key` is what it was made of; the same key again only brings `times` up to date.

    `gist` is what staff read at the top of the suggestion; `text` what is kept with the voice.
    """

    source: str
    key: str
    gist: str
    times: int = 1
    text: str = ""
    cause: str = ""
    user: User | None = None
    product: Product | None = None
    prefecture: Region | None = None


def hear(heard: Heard) -> Demand:
    """Add a voice to the demand it speaks for, or make one of it. Whoever says it votes for it.

    Idempotent by `key`: a voice stays with the demand that it was put to, also after a merge.
    """
    with transaction.atomic():
        hold_turn(heard.prefecture.code if heard.prefecture else None)
        known = DemandVoice.objects.select_related("demand").filter(key=heard.key).first()
        if known is not None:
            _bring_up_to_date(known, heard.times)
            return known.demand
        demand = _demand_for(heard)
        DemandVoice.objects.create(
            demand=demand,
            source=heard.source,
            key=heard.key,
            text=heard.text[:300],
            times=heard.times,
            user=heard.user,
        )
        is_voter = heard.user is not None and _has_new_vote(demand, heard.user)
        Demand.objects.filter(pk=demand.pk).update(
            voices=F("voices") + heard.times, votes=F("votes") + int(is_voter)
        )
        demand.refresh_from_db(fields=["voices", "votes"])
    return demand


def _demand_for(heard: Heard) -> Demand:
    tags = tags_for(heard.gist, source=heard.source, cause=heard.cause)
    product, prefecture = heard.product, heard.prefecture
    found = find_group(
        text=heard.gist,
        product_id=product.pk if product else None,
        prefecture_id=prefecture.code if prefecture else None,
        tags=tags,
    )
    if found is not None:
        return found
    made = Demand.objects.create(
        gist=heard.gist[:LONGEST_GIST], tags=tags, product=product, prefecture=prefecture
    )
    DemandEvent.objects.create(demand=made, to_state=made.state)
    return made


def _bring_up_to_date(voice: DemandVoice, times: int) -> None:
    """A count that is read anew may have grown; it never shrinks."""
    if times > voice.times:
        Demand.objects.filter(pk=voice.demand_id).update(voices=F("voices") + times - voice.times)
        DemandVoice.objects.filter(pk=voice.pk).update(times=times)


def _has_new_vote(demand: Demand, user: User) -> bool:
    _row, is_new = DemandVote.objects.get_or_create(demand=demand, user=user)
    return is_new
