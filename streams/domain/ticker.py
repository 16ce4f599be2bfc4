"""Who just bought what, with masked names, in batches of five seconds."""

import json
from typing import Any

from django.db import transaction
from django.utils import timezone
from redis.exceptions import RedisError

from livecommerce import redis_client
from livecommerce.accounts.models import User
from livecommerce.realtime.publish import publish
from products.models import Product
from streams.domain.chat_buyers import note_buyer
from streams.domain.offers import epoch_ms
from streams.events import OrderTicker
from streams.models import Broadcast

BATCH_SECONDS = 5
MOST_IN_A_BATCH = 20
_WAITING_SECONDS = 60


def announce_order(*, broadcast: Broadcast, buyer: User, product: Product, quantity: int) -> None:
    """Put a paid order into the room's next batch, after commit, and mark its buyer in the chat.
    May be lost: it is only news."""
    line = json.dumps(
        {
            "name": buyer.masked_name,
            "product_zh": product.name_zh,
            "product_en": product.name_en or product.name_zh,
            "quantity": quantity,
            "at": epoch_ms(timezone.now()),
        }
    )

    def add() -> None:
        pipe = redis_client.sync().pipeline(transaction=False)
        pipe.rpush(_list_key(broadcast.public_id), line)
        pipe.expire(_list_key(broadcast.public_id), _WAITING_SECONDS)
        pipe.sadd(_rooms_key(), broadcast.public_id)
        try:
            pipe.execute()
        except RedisError:
            return
        note_buyer(public_id=broadcast.public_id, user_id=buyer.pk)

    transaction.on_commit(add, robust=True)


def flush() -> int:
    """Publish each room's waiting batch; returns how many rooms. Run every BATCH_SECONDS."""
    client = redis_client.sync()
    told = 0
    waiting: Any = client.spop(_rooms_key(), 100) or []
    for member in waiting:
        public_id = member.decode()
        lines: Any = client.lpop(_list_key(public_id), MOST_IN_A_BATCH) or []
        if lines:
            orders = [json.loads(line) for line in lines]
            publish(Broadcast(public_id=public_id).room, OrderTicker(orders=orders), keep=True)
            told += 1
        if client.llen(_list_key(public_id)):
            client.sadd(_rooms_key(), public_id)
    return told


def _list_key(public_id: str) -> str:
    return redis_client.key("ticker", public_id)


def _rooms_key() -> str:
    return redis_client.key("ticker-rooms")
