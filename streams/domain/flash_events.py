"""Telling a room what becomes of its flash sale: to the cards, and in words in the chat."""

from collections.abc import Callable

from django.utils import translation
from django.utils.translation import gettext as _

from livecommerce.bilingual import pick
from livecommerce.money import format_fen
from livecommerce.realtime.publish import publish
from streams.domain import chat, flash_facts
from streams.events import FlashSaleChanged, FlashSalePlanned
from streams.models import Broadcast, FlashSale, ShelfItem


def tell(sale: FlashSale) -> None:
    """Inside the transaction that changed it. A plan that was never started is nobody's news."""
    if sale.deal is None:
        return
    items = ShelfItem.objects.filter(broadcast=sale.broadcast_id, product=sale.product_id)
    item_id = items.values_list("pk", flat=True).first()
    publish(sale.broadcast.room, FlashSaleChanged(sale=flash_facts.facts(sale, item_id)))


def tell_planned(broadcast: Broadcast) -> None:
    """Inside the transaction that made a plan or took it back: those who run the show see it."""
    plans = broadcast.flash_sales.exclude(state=FlashSale.State.WITHDRAWN).count()
    publish(broadcast.room, FlashSalePlanned(plans=plans))


def say_soon(sale: FlashSale) -> None:
    seconds = sale.countdown_seconds
    _say(
        sale,
        "soon",
        lambda: _("Flash sale in %(seconds)s seconds: %(goods)s") % _facts(sale, seconds=seconds),
    )


def say_begun(sale: FlashSale) -> None:
    _say(
        sale,
        "on",
        lambda: _("The flash sale is on: %(goods)s. At most %(limit)s a person.") % _facts(sale),
    )


def say_closed(sale: FlashSale) -> None:
    if sale.state == FlashSale.State.CANCELLED:
        _say(sale, "off", lambda: _("The flash sale of %(name)s was called off.") % _facts(sale))
    elif sale.reason == FlashSale.Reason.SOLD_OUT:
        _say(sale, "over", lambda: _("Sold out: %(name)s. Thank you!") % _facts(sale))
    else:
        _say(sale, "over", lambda: _("The flash sale of %(name)s is over.") % _facts(sale))


def _say(sale: FlashSale, moment: str, words: Callable[[], str]) -> None:
    """Once for each start of the sale, in both languages whatever this process speaks."""
    with translation.override("zh-hans"):
        text = words()
    with translation.override("en"):
        text_en = words()
    chat.tell_room(
        broadcast=sale.broadcast,
        key=f"flash-{sale.deal_id}-{moment}",
        text=text[:200],
        text_en=text_en[:200],
    )


def _facts(sale: FlashSale, **more: object) -> dict[str, object]:
    name = pick(sale.product.name_zh, sale.product.name_en or sale.product.name_zh)
    price = format_fen(sale.price_fen)
    goods = _("%(name)s ¥%(price)s, %(units)s units") % {
        "name": name,
        "price": price,
        "units": sale.quantity,
    }
    return {"name": name, "goods": goods, "limit": sale.per_person_limit, **more}
