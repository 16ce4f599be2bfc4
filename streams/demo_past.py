"""Seed: past shows of every prefecture with who watched, looked, wrote and began to follow.

All of it is invented, and the shows are marked so (`is_demo`): their reports and panels say it.
The rows are those that a real show leaves (`streams.domain.watching`), so that every figure is
counted from them as always. Orders of these people: `orders.demo_past`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from livecommerce.accounts.models import User
from livecommerce.realtime.presence import person_of_user
from officials.models import Official
from products.models import Deal, Festival, Product
from streams.domain import watching
from streams.models import (
    Broadcast,
    Segment,
    SegmentKind,
    ShelfItem,
    ShowLook,
    ShowMoment,
    ShowVisitor,
)

DAYS_AGO = (15, 12, 4)
TITLES = (
    ("开市专场", "opening day"),
    ("产地专场", "straight from the fields"),
    ("返场专场", "once more, by request"),
)
NAMES = ("莫", "覃", "韦", "蒙", "卢", "潘", "罗", "黄", "梁", "岑", "农", "闭")
GIVEN = ("秋生", "春兰", "冬青", "夏荷")
GUESTS = len(NAMES) * len(GIVEN)
STRANGERS = 150
"""Browsers of people without an account, of one prefecture's shows."""
RUN = (
    (SegmentKind.TALK, 4),
    (SegmentKind.PITCH, 7),
    (SegmentKind.PITCH, 7),
    (SegmentKind.SONG, 5),
    (SegmentKind.PITCH, 8),
    (SegmentKind.PITCH, 7),
    (SegmentKind.QUESTIONS, 6),
    (SegmentKind.PITCH, 8),
    (SegmentKind.TALENT, 4),
    (SegmentKind.PITCH, 6),
)
WORDS = {
    SegmentKind.TALK: ("开场：今天带来什么", "Welcome: what we bring today"),
    SegmentKind.SONG: ("山歌：三月三对唱", "Hill songs for the Third of March"),
    SegmentKind.TALENT: ("绣娘绣一个小绣球", "An embroidered ball is made"),
    SegmentKind.QUESTIONS: ("答观众问", "Your questions, answered"),
}
LINES = (
    "怎么保存？",
    "寄到广东几天能到？",
    "上次买的很好，这次再来一箱",
    "今年的新货吗？",
    "山歌唱得真好",
    "价格凭证看得明白",
    "一斤有几个？",
    "下一场什么时候？",
    "合作社在哪个村？",
    "能送人吗，有没有礼盒？",
    "老家的味道",
    "主播把果子掰开给我们看看",
)


@dataclass(frozen=True)
class _Guest:
    """Somebody in one show. `user` is None for who did not sign in."""

    person: int
    user: User | None
    came: datetime
    left: datetime
    visits: int

    @property
    def seconds(self) -> int:
        step = int(watching.LOOK_SECONDS)
        return int((self.left - self.came).total_seconds()) // step * step


def shows_of_the_past() -> list[Broadcast]:
    """Those that this seed made, oldest first."""
    titles = [ending for ending, _english in TITLES]
    rows = Broadcast.objects.filter(is_demo=True, state=Broadcast.State.ENDED, rehearsal_of=None)
    found = rows.select_related("host__user", "region__parent").order_by("started_at", "pk")
    return [show for show in found if show.title_zh.endswith(tuple(titles))]


def guests() -> list[User]:
    """The accounts of those who watch and buy in them; nobody can sign in with one."""
    emails = [f"guest{n + 1}@demo.livecommerce.example" for n in range(GUESTS)]
    known = set(User.objects.filter(email__in=emails).values_list("email", flat=True))
    names = [f"{name}{given}" for given in GIVEN for name in NAMES]
    closed = make_password(None)
    User.objects.bulk_create(
        User(email=email, display_name=name, password=closed)
        for email, name in zip(emails, names, strict=True)
        if email not in known
    )
    return list(User.objects.filter(email__in=emails).order_by("pk"))


@transaction.atomic
def seed_past(hosts: Sequence[Official], demo_official: str) -> int:
    """Once; returns how many shows were made. One host of each prefecture, and the demo's own."""
    if shows_of_the_past():
        return 0
    first: dict[str, Official] = {}
    for host in sorted(hosts, key=lambda one: (one.user.email == demo_official, one.region_id)):
        own = host.user.email == demo_official
        first.setdefault("own" if own else host.region.prefecture.pk, host)
    people = guests()
    goods = _goods()
    made = [
        _show(host, goods[host.region.prefecture.pk], number)
        for host in first.values()
        if goods.get(host.region.prefecture.pk)
        for number in range(len(DAYS_AGO))
    ]
    Broadcast.objects.bulk_create(show for show, _goods_of in made)
    _shelve(made)
    segments = {show.pk: _run(show, goods_of) for show, goods_of in made}
    Segment.objects.bulk_create(one for run in segments.values() for one in run)
    for show, _goods_of in made:
        _fill(show, segments[show.pk], people)
    Broadcast.objects.bulk_update([show for show, _goods_of in made], ["peak_viewers", "likes"])
    return len(made)


def _goods() -> dict[str, list[Product]]:
    """By prefecture, those with a deal first."""
    found: dict[str, list[Product]] = {}
    deals = Deal.objects.filter(state=Deal.State.APPROVED, is_flash=False)
    on_deal = set(deals.values_list("product_id", flat=True))
    rows = Product.objects.filter(state=Product.State.LISTED).defer("search").order_by("sku")
    for product in sorted(rows, key=lambda one: one.pk not in on_deal):
        found.setdefault(product.prefecture_id, []).append(product)
    pitches = sum(kind == SegmentKind.PITCH for kind, _minutes in RUN)
    return {code: products[:pitches] for code, products in found.items()}


def _show(host: Official, goods: list[Product], number: int) -> tuple[Broadcast, list[Product]]:
    day = timezone.localtime() - timedelta(days=DAYS_AGO[number])
    began = day.replace(hour=19 + number % 2, minute=0, second=0, microsecond=0)
    minutes = sum(minutes for _kind, minutes in _run_of(goods))
    place_zh = host.region.short_zh or host.region.name_zh
    ending_zh, ending_en = TITLES[number]
    show = Broadcast(
        host=host,
        region=host.region,
        festival=_festival_at(began),
        title_zh=f"{place_zh}好物{ending_zh}",
        title_en=f"Goods of {host.region.name_en}: {ending_en}",
        scheduled_at=began,
        planned_minutes=60,
        state=Broadcast.State.ENDED,
        is_demo=True,
        started_at=began,
        ended_at=began + timedelta(minutes=minutes),
    )
    return show, goods


def _festival_at(moment: datetime) -> Festival | None:
    rows = Festival.objects.filter(starts_at__lte=moment, ends_at__gt=moment)
    return rows.order_by("pk").first()


def _run_of(goods: Sequence[Product]) -> list[tuple[SegmentKind, int]]:
    """Without the pitches there are no goods for."""
    left, run = len(goods), []
    for kind, minutes in RUN:
        left -= kind == SegmentKind.PITCH
        if kind != SegmentKind.PITCH or left >= 0:
            run.append((kind, minutes))
    return run


def _shelve(made: Sequence[tuple[Broadcast, list[Product]]]) -> None:
    rows = Deal.objects.filter(state=Deal.State.APPROVED, is_flash=False)
    deals = {deal.product_id: deal for deal in rows}
    ShelfItem.objects.bulk_create(
        ShelfItem(
            broadcast=show,
            product=product,
            deal=_open_at(deals.get(product.pk), show.scheduled_at),
            position=position,
        )
        for show, goods in made
        for position, product in enumerate(goods, start=1)
    )


def _open_at(deal: Deal | None, moment: datetime) -> Deal | None:
    return deal if deal is not None and deal.starts_at <= moment < deal.ends_at else None


def _run(show: Broadcast, goods: Sequence[Product]) -> list[Segment]:
    assert show.started_at is not None
    at, rest, run = show.started_at, list(goods), []
    for position, (kind, minutes) in enumerate(_run_of(goods), start=1):
        title_zh, title_en = WORDS.get(kind, ("", ""))
        until = at + timedelta(minutes=minutes)
        segment = Segment(
            broadcast=show,
            position=position,
            kind=kind,
            title_zh=title_zh,
            title_en=title_en,
            planned_minutes=minutes,
            product=rest.pop(0) if kind == SegmentKind.PITCH else None,
            state=Segment.State.DONE,
            started_at=at,
            ended_at=until,
        )
        run.append(segment)
        at = until
    return run


def _fill(show: Broadcast, run: Sequence[Segment], people: Sequence[User]) -> None:
    """Who came, what they looked at while it was shown, what they wrote, whom they follow now."""
    assert show.started_at is not None
    assert show.ended_at is not None
    chance = Random(f"{show.title_zh} {DAYS_AGO}")
    crowd = _come(show, chance, people)
    ShowVisitor.objects.bulk_create(
        ShowVisitor(
            broadcast=show,
            person=one.person,
            visits=one.visits,
            seconds=one.seconds,
            first_at=one.came,
            last_at=one.left,
        )
        for one in crowd
    )
    minutes = int((show.ended_at - show.started_at).total_seconds() // 60)
    moments = [show.started_at + timedelta(minutes=minute) for minute in range(minutes)]
    counts = [sum(one.came <= at <= one.left for one in crowd) for at in moments]
    ShowMoment.objects.bulk_create(
        ShowMoment(broadcast=show, at=at, viewers=number)
        for at, number in zip(moments, counts, strict=True)
    )
    show.peak_viewers = max(counts, default=0)
    show.likes = sum(one.seconds for one in crowd) // 60 * chance.randint(2, 5)
    ShowLook.objects.bulk_create(_looks(show, run, crowd, chance))
    known = [one for one in crowd if one.user is not None]
    _say(show, known, chance)
    _follow(show, known, chance)


def _come(show: Broadcast, chance: Random, people: Sequence[User]) -> list[_Guest]:
    assert show.started_at is not None
    assert show.ended_at is not None
    here = show.region.prefecture.pk
    length = (show.ended_at - show.started_at).total_seconds()
    users: list[User | None] = [*chance.sample(people, chance.randint(16, 22))]
    strangers = chance.sample(range(STRANGERS), chance.randint(35, 80))
    persons = [person_of_user(user.pk) for user in users if user is not None]
    persons += [f"ddemo{here}x{number}" for number in strangers]
    crowd = []
    for number, person in enumerate(persons):
        came = show.started_at + timedelta(seconds=int(length * chance.betavariate(1.2, 3)))
        stayed = chance.expovariate(1 / 1100 if number < len(users) else 1 / 500)
        left = min(came + timedelta(seconds=int(stayed) + 20), show.ended_at)
        crowd.append(
            _Guest(
                person=watching.number_of(person),
                user=users[number] if number < len(users) else None,
                came=came,
                left=left,
                visits=2 if chance.random() < 0.12 else 1,
            )
        )
    return crowd


def _looks(
    show: Broadcast, run: Sequence[Segment], crowd: Sequence[_Guest], chance: Random
) -> list[ShowLook]:
    """While a product is explained, some of those who are there open it."""
    found = []
    for one in crowd:
        wants = 0.45 if one.user is not None else 0.13
        for segment in run:
            if segment.product_id is None or segment.started_at is None or not segment.ended_at:
                continue
            since, until = max(segment.started_at, one.came), min(segment.ended_at, one.left)
            if since < until and chance.random() < wants:
                at = since + (until - since) * chance.random()
                found.append(
                    ShowLook(
                        broadcast=show, product_id=segment.product_id, person=one.person, at=at
                    )
                )
    return found


def _say(show: Broadcast, known: Sequence[_Guest], chance: Random) -> None:
    rows = []
    for number in range(chance.randint(12, 30)):
        one = chance.choice(known)
        assert one.user is not None
        at = one.came + (one.left - one.came) * chance.random()
        rows.append((one.user.pk, f"past-{number}", chance.choice(LINES), at))
    with connection.cursor() as cursor:
        cursor.execute(_CHAT, [show.pk, *(list(column) for column in zip(*rows, strict=True))])


def _follow(show: Broadcast, known: Sequence[_Guest], chance: Random) -> None:
    new = [one for one in known if one.seconds > 300 and chance.random() < 0.3]
    users = [one.user.pk for one in new if one.user is not None]
    times = [one.came + (one.left - one.came) * 0.7 for one in new]
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOWS, [show.host_id, users, times])


# Raw, because the models stamp such rows with the moment they are written.
_CHAT = """
    INSERT INTO streams_chatmessage (broadcast_id, user_id, key, text, text_en, badge, visibility,
                                     is_demo, created_at)
    SELECT %s, author, key, words, '', '', 'shown', false, at
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[])
        AS said (author, key, words, at)
    ORDER BY at
"""
_FOLLOWS = """
    INSERT INTO streams_follow (official_id, user_id, created_at)
    SELECT %s, follower, at FROM unnest(%s::bigint[], %s::timestamptz[]) AS new (follower, at)
    ON CONFLICT DO NOTHING
"""
