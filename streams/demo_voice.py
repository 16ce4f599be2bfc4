"""Seed: a demand board with a handful in each state. Made-up demands, marked as examples."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from livecommerce.accounts.models import User
from officials.demo import OFFICIAL
from officials.models import Official, Region
from streams.models import (
    Broadcast,
    Demand,
    DemandEvent,
    DemandReading,
    DemandVoice,
    DemandVote,
)

State = Demand.State
Source = DemandVoice.Source


@dataclass(frozen=True)
class Example:
    """`days` is how long ago it was published (or came in), `due` days from now."""

    state: str
    prefecture: str
    tags: tuple[str, ...]
    title_zh: str
    title_en: str
    votes: int
    days: int
    details_zh: str = ""
    details_en: str = ""
    due: int = 0
    answer_zh: str = ""
    answer_en: str = ""
    reason: str = ""


EXAMPLES = (
    Example(
        State.ASSIGNED,
        "451200",
        ("freight",),
        "寄到新疆、西藏的运费太高",
        "Freight to Xinjiang and Tibet is too high",
        128,
        9,
        "一箱核桃运费比货还贵，希望能和邮政谈一个助农价。",
        "A box of walnuts costs more to send than to buy. Please agree on a farm-aid rate.",
        due=5,
    ),
    Example(
        State.ASSIGNED,
        "451200",
        ("roads", "freight"),
        "村口到镇上的路雨天不通车",
        "The road from the village to the town is closed when it rains",
        96,
        20,
        due=-3,
    ),
    Example(
        State.ANSWERED,
        "451200",
        ("packing", "quality"),
        "核桃路上压碎的多，换硬一点的箱子",
        "Many walnuts arrive crushed: a stronger box, please",
        61,
        12,
        due=-2,
        answer_zh="这一批已换成五层纸箱加内衬，四月起发出的都用新箱。收到碎果超过一成的，拍照申请，合作社补寄。",
        answer_en="From April on all leaves in five-layer boxes, lined. If more than a tenth "
        "is crushed, send a photo and the cooperative sends new ones.",
    ),
    Example(
        State.TOLD,
        "451200",
        ("variety",),
        "想要一斤装的小袋核桃",
        "Walnuts in small bags of 500 g",
        87,
        30,
        due=-14,
        answer_zh="小袋装已经上架，一斤一袋，价格按斤算不加价。",
        answer_en="The small bags are on the shelf: 500 g each, at the same price by weight.",
    ),
    Example(
        State.PUBLISHED,
        "451000",
        ("quality",),
        "芒果能不能标上采摘日期",
        "Please print the day of picking on the mangoes",
        74,
        3,
    ),
    Example(
        State.PUBLISHED,
        "450100",
        ("variety", "price"),
        "盼着武鸣沃柑出家庭分享装",
        "A family pack of Wuming Orah mandarins, please",
        42,
        2,
    ),
    Example(
        State.PUBLISHED,
        "450500",
        ("freight", "packing"),
        "海鲜干货希望周末也发货",
        "Please send dried seafood at weekends, too",
        35,
        4,
    ),
    Example(
        State.DECLINED,
        "450300",
        ("price",),
        "罗汉果全年都卖五折",
        "Monk fruit at half price all year round",
        19,
        15,
        reason="五折以前三十天的最低价为准，只能限时；全年五折等于改了原价，规则不允许。",
    ),
)
SUGGESTIONS = (
    ("451200", ("freight",), Source.QUESTION, "几天能到广东？物流太慢了", 6),
    ("451200", ("supply",), Source.WATCH, "凤山核桃卖完了，有人在等到货", 14),
    ("451000", ("quality",), Source.REFUND, "桂七芒果：坏果或变质", 5),
    (None, ("variety",), Source.SEARCH, "sha tang ju", 23),
    (None, ("service",), Source.WISH, "希望客服晚上也在", 4),
)


def seed() -> int:
    """Once; a second run changes nothing. Returns how many were made."""
    if Demand.objects.filter(is_demo=True).exists():
        return 0
    with transaction.atomic():
        made = [one for example in EXAMPLES if (one := _add(example))]
        suggested = [_suggest(*values) for values in SUGGESTIONS]
    return len(made) + len(suggested)


def _add(example: Example) -> Demand | None:
    place = Region.objects.filter(code=example.prefecture).first()
    office = _office(example.prefecture)
    if place is None or office is None:
        return None
    now = timezone.now()
    begun = now - timedelta(days=example.days)
    is_assigned = example.state in (State.ASSIGNED, *Demand.WITH_ANSWER)
    due_at = now + timedelta(days=example.due)
    answered_at = min(due_at, now) - timedelta(hours=5) if example.answer_zh else None
    demand = Demand.objects.create(
        state=State.ANSWERED if example.state == State.TOLD else example.state,
        prefecture=place,
        tags=list(example.tags),
        gist=example.title_zh,
        title_zh=example.title_zh,
        title_en=example.title_en,
        details_zh=example.details_zh,
        details_en=example.details_en,
        voices=example.votes // 2,
        published_at=begun,
        official=office if is_assigned else None,
        due_at=due_at if is_assigned else None,
        assigned_at=begun + timedelta(days=1) if is_assigned else None,
        remind_at=None,
        answer_zh=example.answer_zh,
        answer_en=example.answer_en,
        answered_at=answered_at,
        reason=example.reason,
        is_demo=True,
    )
    _steps(demand, begun)
    _votes(demand, example.votes)
    if example.state == State.TOLD:
        _tell(demand, office)
    return demand


def _office(prefecture: str) -> Official | None:
    """The demo's own official where it is theirs, so that there is something to answer."""
    offices = Official.objects.filter(state=Official.State.VERIFIED)
    of_place = offices.filter(region=prefecture) | offices.filter(region__parent=prefecture)
    own = of_place.filter(user__email=OFFICIAL).first()
    return own or of_place.order_by("region_id", "pk").first()


def _steps(demand: Demand, begun: datetime) -> None:
    ways = {
        State.PUBLISHED: (State.PUBLISHED,),
        State.ASSIGNED: (State.PUBLISHED, State.ASSIGNED),
        State.ANSWERED: (State.PUBLISHED, State.ASSIGNED, State.ANSWERED),
        State.DECLINED: (State.PUBLISHED, State.DECLINED),
    }
    times = {State.PUBLISHED: begun, State.ANSWERED: demand.answered_at}
    was = ""
    for state in (State.SUGGESTED, *ways[State(demand.state)]):
        event = DemandEvent.objects.create(demand=demand, from_state=was, to_state=state)
        at = times.get(state) or begun + timedelta(days=state != State.SUGGESTED)
        DemandEvent.objects.filter(pk=event.pk).update(at=at)
        was = state


def _votes(demand: Demand, votes: int) -> None:
    """Of the demo's own accounts, so that the number on the board is that of its rows."""
    people = list(User.objects.filter(is_active=True).order_by("pk")[:130])
    voters = Random(demand.title_zh).sample(people, k=min(votes * len(people) // 130, len(people)))
    now = timezone.now()
    DemandVote.objects.bulk_create(
        DemandVote(demand=demand, user=person, told_at=now) for person in voters
    )
    Demand.objects.filter(pk=demand.pk).update(votes=len(voters))


def _tell(demand: Demand, office: Official) -> None:
    show = office.broadcasts.filter(
        state__in=[Broadcast.State.ENDED, Broadcast.State.READY], rehearsal_of=None
    ).first()
    if show is None or show.started_at is None:
        return
    at = show.started_at + timedelta(minutes=20)
    DemandReading.objects.create(
        demand=demand, broadcast=show, began_at=at, ended_at=at + timedelta(minutes=2)
    )
    Demand.objects.filter(pk=demand.pk).update(state=State.TOLD, told_at=at)
    event = DemandEvent.objects.create(
        demand=demand, from_state=State.ANSWERED, to_state=State.TOLD
    )
    DemandEvent.objects.filter(pk=event.pk).update(at=at)


def _suggest(
    prefecture: str | None, tags: tuple[str, ...], source: str, gist: str, times: int
) -> Demand:
    demand = Demand.objects.create(
        prefecture=Region.objects.filter(code=prefecture).first(),
        tags=list(tags),
        gist=gist,
        voices=times,
        is_demo=True,
    )
    DemandVoice.objects.create(
        demand=demand,
        source=source,
        key=f"demo:{demand.pk}",
        text="" if source == Source.REFUND else gist,
        times=times,
    )
    DemandEvent.objects.create(demand=demand, to_state=demand.state)
    return demand
