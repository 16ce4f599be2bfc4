"""The played crowd of a rehearsal: people who come, talk, like and "buy", so that a host's first
crowd is not the first they see. A sweep gives each rehearsal a step every two seconds.

All of it is marked: the room's band says rehearsal, each line of chat carries the badge of what
is not real, the names say so, and the "orders" are rows of `RehearsalOrder`.
"""

import random
from collections.abc import Sequence
from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.realtime import presence
from livecommerce.realtime.publish import bump, publish
from streams.domain import (
    chat,
    cockpit,
    cockpit_clicks,
    offers,
    rehearsal_draws,
    rehearsal_flash,
    rehearsal_orders,
    shows,
)
from streams.domain.offers import epoch_ms
from streams.events import OrderTicker
from streams.models import (
    Broadcast,
    FlashSale,
    Pin,
    Rehearsal,
    RehearsalFlash,
    RehearsalOrder,
    ShelfItem,
)
from streams.models.draws import PLAYED_NAME

STEP_SECONDS = 2.0
LONGEST = timedelta(hours=4)
"""A rehearsal that was forgotten ends by itself."""
STAY_SECONDS = 25
SPEAKERS = 6
NAME_ZH = PLAYED_NAME
LINES = (
    "主播好，能听见，画面也清楚。",
    "这个怎么保存？",
    "发到外省要几天？",
    "几个人吃合适，小份有吗？",
    "今年的新货吗？",
    "再讲一遍价格吧，刚进来。",
    "怎么下单，在哪里点？",
    "收到有坏的怎么办？",
    "给老人吃合适吗？",
    "已经拍了两份。",
    "镜头再近一点看看。",
    "多少钱包邮？",
)


def step_all() -> int:
    """One step of every rehearsal that is on; returns how many."""
    running = Rehearsal.objects.filter(broadcast__state=Broadcast.State.REHEARSING)
    rows = list(running.select_related("broadcast__host"))
    for row in rows:
        if row.broadcast.started_at and row.broadcast.started_at < timezone.now() - LONGEST:
            shows.end_show(broadcast=row.broadcast, by=None)
        else:
            step(row)
    rooms = [row.broadcast for row in rows]
    cockpit.tell(shows=rooms, sales=rehearsal_orders.sales_of(rooms))
    return len(rows)


def step(rehearsal: Rehearsal) -> None:
    """What the crowd does now; the same at every repetition of the same step."""
    mine = Rehearsal.objects.filter(pk=rehearsal.pk, step=rehearsal.step)
    if not mine.update(step=F("step") + 1):
        return  # another run does it
    chance = random.Random(f"{rehearsal.pk}:{rehearsal.step}")  # nosec B311
    broadcast = rehearsal.broadcast
    rehearsal_orders.lapse_due(broadcast)
    if not rehearsal.crowd:
        return
    present = _present(rehearsal, chance)
    _be_there(broadcast, present)
    bump(broadcast.room, likes=chance.randint(0, 1 + present // 20))
    if chance.random() < 0.35:
        _speak(broadcast, rehearsal.step, chance)
    pinned = _pinned(broadcast)
    if pinned:
        _shop(broadcast, pinned, rehearsal, chance)
    words = rehearsal_draws.take_part(broadcast=broadcast, present=present, chance=chance)
    if words and chance.random() < 0.5:
        _speak(broadcast, f"{rehearsal.step}-draw", chance, lines=(words,))


def _present(rehearsal: Rehearsal, chance: random.Random) -> int:
    """They come within a minute, and some go and come back."""
    arrived = min(1.0, (rehearsal.step + 1) / 30)
    return max(1, round(rehearsal.crowd * arrived * chance.uniform(0.85, 1.0)))


def _be_there(broadcast: Broadcast, present: int) -> None:
    """Counted like everybody else, under names that no person can have."""
    people = [f"x{number}" for number in range(present)]
    if presence.announce(broadcast.room, people, seconds=STAY_SECONDS):
        cockpit_clicks.note_played(broadcast.public_id, cockpit_clicks.WATCHED, people)


def _speak(
    broadcast: Broadcast,
    number: int | str,
    chance: random.Random,
    *,
    lines: Sequence[str] = LINES,
) -> None:
    try:
        chat.say(
            broadcast=broadcast,
            user=_speaker(chance.randrange(SPEAKERS)),
            text=chance.choice(lines),
            key=f"rehearsal-{number}",
            is_demo=True,
        )
    except DomainError:
        return  # a word list may refuse even a played line


def _speaker(number: int) -> User:
    """An account that nobody can sign in to."""
    speaker, is_new = User.objects.get_or_create(
        email=f"rehearsal-{number + 1}@rehearsal.invalid",
        defaults={"display_name": f"{NAME_ZH} {number + 1}"},
    )
    if is_new:
        speaker.set_unusable_password()
        speaker.save(update_fields=["password"])
    return speaker


def _pinned(broadcast: Broadcast) -> list[ShelfItem]:
    pins = Pin.objects.filter(broadcast=broadcast, unpinned_at=None)
    on = RehearsalFlash.objects.filter(broadcast=broadcast, state=FlashSale.State.RUNNING)
    wanted = Q(pk__in=pins.values("item")) | Q(product__in=on.values("plan__product"))
    items = ShelfItem.objects.filter(wanted, broadcast=broadcast)
    return offers.items_with_offers(items)


def _shop(
    broadcast: Broadcast, pinned: Sequence[ShelfItem], rehearsal: Rehearsal, chance: random.Random
) -> None:
    """Some look, fewer buy, most of them pay a little later."""
    on_flash = [item for item in pinned if _is_on(offers.rehearsed_of(item))]
    item = chance.choice(on_flash or pinned)
    lookers = [f"x{chance.randrange(rehearsal.crowd)}" for _ in range(1 + rehearsal.crowd // 40)]
    for what in (None, item.product_id):
        cockpit_clicks.note_played(
            broadcast.public_id, cockpit_clicks.OPENED, lookers, product_id=what
        )
    for number, looker in enumerate(lookers):
        if chance.random() < (0.7 if on_flash else 0.3 / len(lookers)):
            _buy(broadcast, item, f"{looker}:{rehearsal.step}.{number}", chance)
    waiting = RehearsalOrder.objects.filter(
        broadcast=broadcast, state=RehearsalOrder.State.WAITING, buyer=None
    ).select_related("product")
    for order in waiting:
        if chance.random() < 0.25:
            _pay(broadcast, order, 1 + chance.randrange(SPEAKERS))


def _is_on(sale: RehearsalFlash | None) -> bool:
    return sale is not None and rehearsal_flash.has_begun(sale)


def _buy(broadcast: Broadcast, item: ShelfItem, key: str, chance: random.Random) -> None:
    """`key`: who of the crowd, and when."""
    try:
        rehearsal_orders.buy(
            broadcast=broadcast,
            item=item,
            quantity=chance.choice((1, 1, 1, 2, 3)),
            key=key,
            buyer=None,
        )
    except DomainError:
        return  # sold out, or more than one person may have


def _pay(broadcast: Broadcast, order: RehearsalOrder, who: int) -> None:
    paid = RehearsalOrder.objects.filter(pk=order.pk, state=RehearsalOrder.State.WAITING)
    if not paid.update(state=RehearsalOrder.State.PAID):
        return
    line = {
        "name": f"{NAME_ZH} {who}",
        "product_zh": order.product.name_zh,
        "product_en": order.product.name_en or order.product.name_zh,
        "quantity": order.quantity,
        "at": epoch_ms(timezone.now()),
    }
    publish(broadcast.room, OrderTicker(orders=[line]), keep=True)
