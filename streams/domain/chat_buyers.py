"""Who has bought in a room: their lines carry a mark. Only a mark, so it may be forgotten."""

from redis.exceptions import RedisError

from livecommerce import redis_client

KEEP_SECONDS = 2 * 24 * 3600


def note_buyer(*, public_id: str, user_id: int) -> None:
    name = _key(public_id)
    pipe = redis_client.sync().pipeline(transaction=False)
    pipe.sadd(name, user_id)
    pipe.expire(name, KEEP_SECONDS)
    try:
        pipe.execute()
    except RedisError:
        return


def has_bought(*, public_id: str, user_id: int) -> bool:
    if redis_client.is_away():
        return False
    try:
        return bool(redis_client.sync().sismember(_key(public_id), str(user_id)))
    except RedisError:
        redis_client.note_failure()
        return False


async def ahas_bought(*, public_id: str, user_id: int) -> bool:
    """As `has_bought`, for coroutines."""
    if redis_client.is_away():
        return False
    try:
        return bool(await redis_client.aio().sismember(_key(public_id), str(user_id)))
    except RedisError:
        redis_client.note_failure()
        return False


def _key(public_id: str) -> str:
    return redis_client.key("buyers", public_id)
