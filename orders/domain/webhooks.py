"""The provider's events: stored once, answered at once, handled once, never dropped."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from livecommerce.wake import wake
from orders.domain import differences, disputes, payments, refunds
from orders.models import Difference, Payment, WebhookEvent
from orders.payments.errors import PaymentError, ProviderUnavailable
from orders.payments.protocol import WebhookFacts

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=10)
"""A worker that died with an event in hand loses it after so long. To handle one twice is safe."""
MOST_ATTEMPTS = 8
LONGEST_PAUSE_SECONDS = 300


def store(facts: WebhookFacts) -> None:
    """Keep the event; one that is known already changes nothing."""
    WebhookEvent.objects.bulk_create(
        [
            WebhookEvent(
                event_id=facts.event_id,
                type=facts.type,
                intent_id=facts.intent_id,
                payload=facts.payload,
            )
        ],
        ignore_conflicts=True,
    )
    wake("orders.handle_webhooks")


def handle_due(*, limit: int = 100) -> int:
    """Handle what is due; returns how many events are done with. Several may run at once."""
    due = WebhookEvent.objects.filter(
        handled_at=None, quarantined_at=None, due_at__lte=timezone.now()
    )
    done = 0
    for event in due.order_by("due_at")[:limit]:
        try:
            done += _handle(event)
        except ProviderUnavailable as error:  # the others would hear the same
            _wait(event, str(error))
            break
    return done


def _handle(event: WebhookEvent) -> int:
    now = timezone.now()
    mine = WebhookEvent.objects.filter(pk=event.pk, due_at=event.due_at, handled_at=None)
    if not mine.update(due_at=now + LEASE, attempts=F("attempts") + 1):
        return 0  # another worker has it, or did it
    if not event.intent_id:
        return _done(event)
    payment = Payment.objects.filter(intent_id=event.intent_id).select_related("order").first()
    if payment is None:
        _keep(event, "no order knows this payment")
        return 0
    try:
        payments.check(payment)
        refunds.follow_up(payment)
        if _speaks_of(event.intent_id, "refund.", "charge.refund"):
            refunds.look_again(payment)
        if _speaks_of(event.intent_id, "charge.dispute."):
            disputes.check(payment)
    except ProviderUnavailable:
        raise
    except PaymentError as error:
        _keep(event, str(error))
        return 0
    except Exception as error:  # one that cannot be handled must not hold up the others
        logger.exception("webhook %s", event.event_id)
        _keep(event, repr(error))
        return 0
    payment.refresh_from_db(fields=["quarantined_reason"])
    if payment.quarantined_reason:
        _set_aside(event, payment.quarantined_reason, key=f"payment:{payment.pk}")
        return 0
    # The facts were fetched after all of these had happened: they say nothing new.
    return WebhookEvent.objects.filter(
        intent_id=event.intent_id, received_at__lte=now, handled_at=None, quarantined_at=None
    ).update(handled_at=timezone.now())


def _speaks_of(intent_id: str, *kinds: str) -> bool:
    """This event, or one of those that are handled along with it."""
    of_kind = Q()
    for kind in kinds:
        of_kind |= Q(type__startswith=kind)
    return WebhookEvent.objects.filter(of_kind, intent_id=intent_id, handled_at=None).exists()


def _done(event: WebhookEvent) -> int:
    return WebhookEvent.objects.filter(pk=event.pk).update(handled_at=timezone.now())


def _keep(event: WebhookEvent, why: str) -> None:
    """Try again later; in the end a person must look at it."""
    if event.attempts + 1 >= MOST_ATTEMPTS:
        _set_aside(event, why)
        return
    _wait(event, why)


def _wait(event: WebhookEvent, why: str) -> None:
    """Nobody has to look at it because the provider is away, however long that lasts."""
    pause = timedelta(seconds=min(2 ** (event.attempts + 2), LONGEST_PAUSE_SECONDS))
    WebhookEvent.objects.filter(pk=event.pk).update(
        due_at=timezone.now() + pause, last_error=why[:200]
    )


def _set_aside(event: WebhookEvent, why: str, *, key: str = "") -> None:
    logger.error("webhook %s (%s) is set aside: %s", event.event_id, event.type, why)
    with transaction.atomic():
        WebhookEvent.objects.filter(pk=event.pk).update(
            quarantined_at=timezone.now(), last_error=why[:200]
        )
        # One intent's messages all say the same.
        differences.report(
            kind=Difference.Kind.WEBHOOK,
            key=key or f"webhook:{event.intent_id or event.event_id}",
            subject=f"{event.type} {event.intent_id or event.event_id}",
            found=why,
        )
