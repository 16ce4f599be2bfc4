"""Payout batches: made by one person, approved by another, paid exactly once.

What is to be paid are rows (`PayoutLine`). Each transfer has its line's key at the provider, and
line, ledger and the order's settlement move in one transaction after it. A worker that dies
anywhere leaves a row that the sweep finds; sending again under the same key pays nothing twice.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.transitions import move
from livecommerce.wake import wake
from orders.domain import differences, ledger, payables, payout_accounts
from orders.domain.money_rights import APPROVE, MAKE, require_money_right
from orders.domain.money_shares import Entries, Kind
from orders.models import Difference, Payout, PayoutAccount, PayoutBatch, PayoutLine
from orders.models.payouts import Method
from orders.payments.errors import PaymentError, PaymentRefused, ProviderUnavailable
from orders.payouts import provider_of
from orders.payouts.protocol import File, Payee, Transfer

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=5)
"""A worker that died with a transfer in hand loses it after so long. Two at once do no harm: the
key is the same."""
FEW_ATTEMPTS = 6
"""After so many a person is told; trying goes on."""
READABLE = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
B, P, L = PayoutBatch.State, Payout.State, PayoutLine.State


def make_batch(*, actor: User, method: str) -> PayoutBatch:
    """A draft of all that can be paid this way now. What a producer owes back is set off; who is
    not owed anything yet, and who cannot be paid, is left for the next one.

    Raises DomainError `money_right` (403), `nothing_to_pay` (409).
    """
    require_money_right(actor, MAKE)
    payables.open_due()
    accounts = {
        account.producer_id: account
        for account in PayoutAccount.objects.filter(
            method=method, producer__payout_lines__state=L.OPEN
        )
        .select_related("producer")
        .distinct()
    }
    ready = [pk for pk, why in payout_accounts.payable(accounts.values()).items() if not why]
    with transaction.atomic():
        lines = (
            PayoutLine.objects.select_for_update(skip_locked=True)
            .filter(state=L.OPEN, producer__in=ready)
            .order_by("pk")
        )
        mine: dict[int, list[PayoutLine]] = defaultdict(list)
        for line in lines:
            mine[line.producer_id].append(line)
        owed = {pk: own for pk, own in mine.items() if sum(one.amount_fen for one in own) > 0}
        if not owed:
            message = _("There is nothing to pay out this way now.")
            raise DomainError("nothing_to_pay", message, status=409)
        batch = PayoutBatch.objects.create(number=_new_number(), method=method, made_by=actor)
        for pk, own in sorted(owed.items()):
            _put_in(batch, accounts[pk], own)
        _write_down(batch, actor, "orders.make_payouts", "")
    return batch


def approve(*, batch: PayoutBatch, actor: User) -> None:
    """Another person's word: from now on money leaves. Raises DomainError `money_right`,
    `payout_by_two` (403), `batch_state` (409)."""
    require_money_right(actor, APPROVE)
    if batch.made_by_id == actor.pk:
        audit.record_refusal(actor=actor, action="orders.approve_payouts", subject=batch)
        message = _("A batch is approved by somebody else than who made it.")
        raise DomainError("payout_by_two", message, status=403)
    with transaction.atomic():
        if not move(
            batch, "state", B.DRAFT, B.APPROVED, approved_by=actor, approved_at=timezone.now()
        ):
            raise _wrong_state()
        _write_down(batch, actor, "orders.approve_payouts", B.DRAFT)
        wake("orders.send_payouts")


def cancel(*, batch: PayoutBatch, actor: User) -> None:
    """While it is a draft; its lines wait for another batch. Raises DomainError as `approve`."""
    require_money_right(actor, MAKE)
    with transaction.atomic():
        if not move(batch, "state", B.DRAFT, B.CANCELLED, closed_at=timezone.now()):
            raise _wrong_state()
        _let_go(PayoutLine.objects.filter(payout__batch=batch))
        _write_down(batch, actor, "orders.cancel_payouts", B.DRAFT)


def send_due(*, limit: int = 100) -> int:
    """Send what approved batches say; returns how many transfers were recorded. Several may run
    at once, killed anywhere."""
    due = PayoutLine.objects.filter(
        state=L.BATCHED,
        send_fen__gt=0,
        due_at__lte=timezone.now(),
        payout__batch__state=B.APPROVED,
        payout__batch__method=Method.CONNECT,
    )
    done = 0
    for line in due.select_related("payout__batch", "order").order_by("due_at", "pk")[:limit]:
        if not _take(line):
            continue
        try:
            transfer_id = provider_of(Method.CONNECT).send(_transfer_of(line))
            done += _record(line, transfer_id or "")
        except ProviderUnavailable as error:
            _try_later(line, error)
            break  # the others would hear the same
        except PaymentError as error:
            _try_later(line, error)
        except Exception as error:  # one that cannot be paid must not hold up the others
            logger.exception("payout %s", line.key)
            _try_later(line, error)
    return done


def file_of(*, batch: PayoutBatch, actor: User) -> File:
    """What staff takes to the bank. Raises DomainError `money_right` (403), `batch_state` (409)."""
    require_money_right(actor, MAKE)
    if batch.state != B.APPROVED:
        raise _wrong_state()
    rows = batch.payouts.filter(state=P.WAITING).select_related("producer")
    transfers = [
        Transfer(
            key=f"{batch.number}-{payout.pk}",
            payee=_payee(payout),
            amount_fen=payout.amount_fen,
            note=f"货款 {batch.number}",
        )
        for payout in rows
    ]
    made = provider_of(batch.method).write_file(batch.number, transfers)
    if made is None or not transfers:
        raise _wrong_state()
    return made


def record_bank(
    *, batch: PayoutBatch, actor: User, reference: str, returned: Iterable[int] = ()
) -> None:
    """The bank has done it: `reference` is its own number, `returned` the ids of payouts that came
    back; what those owe waits for another batch.

    Raises DomainError `money_right` (403), `payout_reference` (422), `batch_state` (409).
    """
    require_money_right(actor, MAKE)
    if not reference.strip():
        raise DomainError("payout_reference", _("Give the bank's reference."))
    if batch.method != Method.BANK:
        raise _wrong_state()
    came_back = set(returned)
    with transaction.atomic():
        locked = PayoutBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.state != B.APPROVED:
            raise _wrong_state()
        for payout in locked.payouts.filter(state=P.WAITING).order_by("pk"):
            if payout.pk in came_back:
                move(payout, "state", P.WAITING, P.RETURNED, reference=reference.strip()[:80])
                _let_go(payout.lines.all())
                continue
            for line in payout.lines.filter(state=L.BATCHED).select_related("order"):
                _settle(line, "")
            _close_payout(payout, reference=reference.strip()[:80])
        _close_batch(locked)
        _write_down(locked, actor, "orders.record_bank", B.APPROVED, reason=reference.strip())
    batch.refresh_from_db()


def _write_down(
    batch: PayoutBatch, actor: User, action: str, before: str, *, reason: str = ""
) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=batch,
        before={"state": before} if before else None,
        after={"state": batch.state, "method": batch.method},
        reason=reason,
    )


def _put_in(batch: PayoutBatch, account: PayoutAccount, lines: Sequence[PayoutLine]) -> None:
    payee = payout_accounts.payee_of(account)
    shown = {name: getattr(payee, name) for name in Payee.__slots__ if getattr(payee, name)}
    payout = Payout.objects.create(
        batch=batch,
        producer_id=account.producer_id,
        amount_fen=sum(line.amount_fen for line in lines),
        payee=shown,
    )
    now = timezone.now()
    for line, fen in zip(lines, set_off([line.amount_fen for line in lines]), strict=True):
        line.state, line.payout, line.send_fen, line.due_at = L.BATCHED, payout, fen, now
    PayoutLine.objects.bulk_update(lines, ["state", "payout", "send_fen", "due_at"])


def set_off(amounts: Sequence[int]) -> list[int]:
    """What is sent for each line when the negative ones are taken off the positive ones, first
    come first; sums to the sum of `amounts`, which is positive."""
    owed_back = -sum(fen for fen in amounts if fen < 0)
    sent = []
    for fen in amounts:
        cut = min(max(fen, 0), owed_back)
        owed_back -= cut
        sent.append(max(fen, 0) - cut)
    return sent


def _take(line: PayoutLine) -> bool:
    """This line is ours until its lease is over; False if another worker has it."""
    until = timezone.now() + LEASE
    rows = PayoutLine.objects.filter(pk=line.pk, due_at=line.due_at, state=L.BATCHED)
    taken = bool(rows.update(due_at=until, attempts=F("attempts") + 1))
    line.due_at, line.attempts = until, line.attempts + taken
    return taken


def _transfer_of(line: PayoutLine) -> Transfer:
    assert line.payout is not None
    return Transfer(
        key=f"payout:{line.key}",
        payee=_payee(line.payout),
        amount_fen=line.send_fen,
        note=line.order.number,
        currency=line.order.currency,
        is_repeated=line.attempts > 1,
    )


def _payee(payout: Payout) -> Payee:
    return Payee(**payout.payee)


def _record(line: PayoutLine, transfer_id: str) -> bool:
    """Line, ledger, payout and settlement in one go; False if another was quicker."""
    assert line.payout is not None
    with transaction.atomic():
        # The batch's row is the queue: the last line of all closes payout and batch.
        batch = PayoutBatch.objects.select_for_update().get(pk=line.payout.batch_id)
        if not _settle(line, transfer_id):
            return False
        if not line.payout.lines.filter(state=L.BATCHED, send_fen__gt=0).exists():
            for absorbed in line.payout.lines.filter(state=L.BATCHED).select_related("order"):
                _settle(absorbed, "")
            _close_payout(line.payout, reference=batch.number)
            _close_batch(batch)
    return True


def _settle(line: PayoutLine, transfer_id: str) -> bool:
    now = timezone.now()
    sent = {"transfer_id": transfer_id, "sent_at": now, "last_error": ""}
    if not move(line, "state", L.BATCHED, L.SENT, **sent):
        return False
    if line.send_fen:
        assert line.payout is not None
        source = Kind.CLEARING if transfer_id else Kind.BANK
        entries: Entries = {
            (Kind.PRODUCER, line.producer_id): line.send_fen,
            (source, None): -line.send_fen,
        }
        ledger.post(key=f"payout:{line.key}", kind="payout", order=line.order, entries=entries)
    payables.close_if_paid(line.order)
    return True


def _close_payout(payout: Payout, *, reference: str) -> None:
    move(payout, "state", P.WAITING, P.PAID, reference=reference, paid_at=timezone.now())


def _close_batch(batch: PayoutBatch) -> None:
    if not batch.payouts.filter(state=P.WAITING).exists():
        move(batch, "state", B.APPROVED, B.DONE, closed_at=timezone.now())


def _let_go(lines: QuerySet[PayoutLine]) -> None:
    lines.filter(state=L.BATCHED).update(state=L.OPEN, payout=None, send_fen=0)


def _try_later(line: PayoutLine, error: Exception) -> None:
    """A transfer that is refused is tried again too, as its cause (no balance yet, an account that
    is closed for a while) may go; a person is told after a few attempts."""
    pause = timedelta(seconds=min(5 * 2 ** min(line.attempts, 10), 3600))
    PayoutLine.objects.filter(pk=line.pk, state=L.BATCHED).update(
        due_at=timezone.now() + pause, last_error=str(error)[:200]
    )
    if line.attempts >= FEW_ATTEMPTS or isinstance(error, PaymentRefused):
        differences.report(
            kind=Difference.Kind.PAYOUT,
            key=f"payout:{line.key}",
            subject=f"{line.key}: {error}",
            wanted=str(line.send_fen),
            order=line.order,
        )
    logger.warning("payout %s: %s", line.key, error)


def _new_number() -> str:
    return f"PO{timezone.localdate():%y%m%d}-{get_random_string(4, READABLE)}"


def _wrong_state() -> DomainError:
    message = _("This batch is not in a state for that any more. Look at it again.")
    return DomainError("batch_state", message, status=409)
