"""Where producers are paid. One person enters it, another confirms it, then money may go there."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from orders.domain.money_rights import MAKE, require_money_right
from orders.models import PayoutAccount
from orders.models.payouts import Method
from orders.payouts import provider_of
from orders.payouts.bank_file import check_account
from orders.payouts.protocol import Payee
from products.models import Producer


def enter_bank_account(
    *, producer: Producer, actor: User, holder: str, bank: str, number: str, branch_code: str = ""
) -> PayoutAccount:
    """New details wait for confirmation. The producer's own account or staff with the right.

    Raises DomainError `payout_account` (422), `not_your_money` (403).
    """
    _require_own(producer, actor)
    check_account(holder=holder, bank=bank, number=number, branch_code=branch_code)
    return _enter(
        producer,
        actor,
        method=Method.BANK,
        connect_id="",
        holder=holder.strip()[:120],
        bank=bank.strip()[:120],
        branch_code=branch_code,
        number=number.replace(" ", ""),
    )


def open_connect_account(
    *, producer: Producer, actor: User, return_url: str, refresh_url: str
) -> str:
    """The address at Stripe where the producer enters their details; made anew each time.

    Whoever signs up there proves who they are to Stripe; a person of ours still confirms that it
    is the right account. Raises DomainError `not_your_money` (403) and what Stripe says.
    """
    _require_own(producer, actor)
    way = provider_of(Method.CONNECT)
    row = PayoutAccount.objects.filter(producer=producer, method=Method.CONNECT).first()
    payee = Payee(producer.pk, producer.name_zh, email=producer.user.email if producer.user else "")
    if row is None or not row.connect_id:
        made = way.open_account(payee, idempotency_key=f"producer:{producer.pk}:account")
        row = _enter(producer, actor, method=Method.CONNECT, connect_id=made)
    return way.onboarding_link(payee_of(row), return_url=return_url, refresh_url=refresh_url)


def confirm(*, account: PayoutAccount, actor: User) -> None:
    """Somebody else than who entered it has compared it. Raises DomainError `payout_by_two` (403)
    and `money_right` (403)."""
    require_money_right(actor, MAKE)
    if account.entered_by_id == actor.pk:
        audit.record_refusal(actor=actor, action="orders.confirm_account", subject=account)
        message = _("Somebody else has to confirm what you entered yourself.")
        raise DomainError("payout_by_two", message, status=403)
    rows = PayoutAccount.objects.filter(
        pk=account.pk, confirmed_by=None, entered_at=account.entered_at
    )
    with transaction.atomic():
        if not rows.update(confirmed_by=actor):
            message = _("These details were changed or confirmed meanwhile. Look again.")
            raise DomainError("payout_account_changed", message, status=409)
        audit.record(actor=actor, action="orders.confirm_account", subject=account)
    account.confirmed_by = actor


def payee_of(account: PayoutAccount) -> Payee:
    return Payee(
        producer_id=account.producer_id,
        name=account.producer.name_zh,
        connect_id=account.connect_id,
        holder=account.holder,
        bank=account.bank,
        branch_code=account.branch_code,
        number=account.number,
    )


def payable(accounts: Iterable[PayoutAccount]) -> dict[int, str]:
    """Why not, by the producers' ids; those who can be paid have "". Asks the provider: never
    inside a transaction."""
    return {account.producer_id: why_not(account) for account in accounts}


def why_not(account: PayoutAccount) -> str:
    if account.confirmed_by_id is None:
        return _("The payout details are not confirmed yet.")
    return provider_of(account.method).what_is_missing(payee_of(account))


def _require_own(producer: Producer, actor: User) -> None:
    if producer.user_id != actor.pk:
        require_money_right(actor, MAKE)


def _enter(producer: Producer, actor: User, **fields: str) -> PayoutAccount:
    with transaction.atomic():
        row, _made = PayoutAccount.objects.update_or_create(
            producer=producer,
            defaults={
                **fields,
                "entered_by": actor,
                "entered_at": timezone.now(),
                "confirmed_by": None,
            },
        )
    return row
