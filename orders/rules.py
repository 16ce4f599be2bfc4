"""Rights over orders and money as predicates: `user.has_perm("orders.decide_refund", refund)`.

Each asks the domain's own rule, so that page, task and table never disagree.
"""

# The package has annotations here and there only.
# mypy: disable-error-code="no-untyped-call,untyped-decorator"

from rules.permissions import add_perm
from rules.predicates import predicate

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from officials.domain.curation import curated_codes
from orders.domain import desks, money_rights, review_replies, rights
from orders.domain.refund_rights import to_decide_by
from orders.models import Order, PayoutBatch, Refund, Review
from products.models import Producer
from streams.models import Broadcast


@predicate
def is_the_buyer(user: User, order: Order | None) -> bool:
    return order is not None and user.is_active and order.buyer_id == user.pk


@predicate
def answers_for_order(user: User, order: Order | None) -> bool:
    """Superusers, and curators of a prefecture whose goods are in it."""
    if order is None or not user.is_active:
        return False
    if user.is_superuser:
        return True
    return order.lines.filter(product__prefecture__in=curated_codes(user)).exists()


@predicate
def decides_on_refund(user: User, refund: Refund | None) -> bool:
    return refund is not None and to_decide_by(user).filter(pk=refund.pk).exists()


@predicate
def speaks_for_the_place(user: User, review: Review | None) -> bool:
    return review is not None and review_replies.may_reply(user, review)


@predicate
def has_desk(user: User, producer: Producer | None) -> bool:
    return producer is not None and desks.desk_of(user, producer.pk) is not None


@predicate
def ships_at_desk(user: User, producer: Producer | None) -> bool:
    desk = desks.desk_of(user, producer.pk) if producer is not None else None
    return desk is not None and desk.may_ship


@predicate
def sees_money_of(user: User, show: Broadcast | None) -> bool:
    if show is None or not user.is_active:
        return False
    try:
        rights.require_money(user, show)
    except DomainError:
        return False
    return True


@predicate
def approves_payouts(user: User, batch: PayoutBatch | None) -> bool:
    return batch is not None and money_rights.has_money_right(user, money_rights.APPROVE)


@predicate
def makes_payouts(user: User, batch: PayoutBatch | None) -> bool:
    return batch is not None and money_rights.has_money_right(user, money_rights.MAKE)


@predicate
def made_the_batch(user: User, batch: PayoutBatch | None) -> bool:
    return batch is not None and batch.made_by_id == user.pk


add_perm("orders.see_order", is_the_buyer | answers_for_order)
add_perm("orders.cancel_order", is_the_buyer)
add_perm("orders.ask_refund", is_the_buyer)
add_perm("orders.write_review", is_the_buyer)
add_perm("orders.reply_to_review", speaks_for_the_place)
add_perm("orders.decide_refund", decides_on_refund)
add_perm("orders.sit_at_desk", has_desk)
add_perm("orders.ship_from_desk", ships_at_desk)
add_perm("orders.see_show_money", sees_money_of)
add_perm("orders.cancel_batch", makes_payouts)
add_perm("orders.approve_batch", approves_payouts & ~made_the_batch)
