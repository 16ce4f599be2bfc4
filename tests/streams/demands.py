"""Demands in every state, through the shop's own acts."""

from datetime import timedelta

from django.utils import timezone

from livecommerce.accounts.models import User
from streams.domain import demand_desk, demand_hearing, demand_office, demand_votes
from streams.domain.demand_desk import Wording
from streams.domain.demand_hearing import Heard, Source
from streams.models import Demand
from tests.factories import make_official, make_prefecture, make_user

BOSS = "boss-of-voices@example.com"


def boss():
    known = User.objects.filter(email=BOSS).first()
    return known or make_user(BOSS, is_staff=True, is_superuser=True, display_name="总台甲")


def heard(gist="运费太贵了", *, key="", user=None, source=Source.WISH, prefecture=None, **fields):
    return demand_hearing.hear(
        Heard(
            source=source,
            key=key or f"{source}:{gist}:{user.pk if user else 0}",
            gist=gist,
            text=fields.pop("text", gist),
            user=user,
            prefecture=prefecture or make_prefecture(),
            **fields,
        )
    )


def worded(title="降低运费", by=None, demand=None, **fields):
    demand = demand or heard(title)
    values = {"title_zh": title, "tags": ["freight"], "prefecture": demand.prefecture} | fields
    demand_desk.word(demand=demand, by=by or boss(), wording=Wording(**values))
    return demand


def published(title="降低运费", by=None, **fields):
    demand = worded(title, by, **fields)
    demand_desk.publish(demand=demand, by=by or boss())
    return demand


def assigned(title="降低运费", *, official=None, days=7, by=None, **fields):
    demand = published(title, by, **fields)
    due_at = timezone.now() + timedelta(days=days)
    demand_desk.assign(
        demand=demand, official=official or make_official(), due_at=due_at, by=by or boss()
    )
    return demand


def answered(title="降低运费", *, text="下月起运费减半。", **fields):
    demand = assigned(title, **fields)
    demand_office.answer(demand=demand, by=demand.official.user, text_zh=text)
    return demand


def overdue(title="修通村路", **fields):
    demand = assigned(title, **fields)
    Demand.objects.filter(pk=demand.pk).update(due_at=timezone.now() - timedelta(days=2, hours=1))
    demand.refresh_from_db()
    return demand


def vote(demand, count=1):
    people = [make_user() for _ in range(count)]
    for person in people:
        demand_votes.vote(demand=demand, user=person)
    return people
