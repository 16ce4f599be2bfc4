"""Rights over goods as predicates: `user.has_perm("products.check_submission", submission)`."""

# The package has annotations here and there only.
# mypy: disable-error-code="no-untyped-call,untyped-decorator"

from rules.permissions import add_perm
from rules.predicates import predicate

from livecommerce.accounts.models import User
from officials.domain.curation import may_curate
from officials.models import Region
from products.domain import approval_rules
from products.models import Deal, Producer, Product, Submission


@predicate
def is_curator_of(user: User, thing: Region | Product | None) -> bool:
    if thing is None:
        return False
    return may_curate(user, thing.prefecture)


@predicate
def may_submit(user: User, product: Product | None) -> bool:
    return product is not None and approval_rules.may_submit(user, product)


@predicate
def is_own(user: User, submission: Submission | None) -> bool:
    """Submitted by this person, or of their own goods."""
    return submission is not None and user.pk in (
        submission.submitted_by_id,
        submission.product.producer.user_id,
    )


@predicate
def checked_it(user: User, submission: Submission | None) -> bool:
    return submission is not None and submission.checked_by_id == user.pk


@predicate
def sits_at_the_county(user: User, submission: Submission | None) -> bool:
    return submission is not None and approval_rules.may_check(user, submission.product)


@predicate
def curates_its_prefecture(user: User, submission: Submission | None) -> bool:
    return submission is not None and may_curate(user, submission.product.prefecture)


@predicate
def owns_producer(user: User, producer: Producer | None) -> bool:
    return producer is not None and producer.user_id == user.pk


@predicate
def curates_producer(user: User, producer: Producer | None) -> bool:
    return producer is not None and may_curate(user, producer.region)


@predicate
def curates_deal(user: User, deal: Deal | None) -> bool:
    return deal is not None and may_curate(user, deal.product.prefecture)


@predicate
def gains_by_deal(user: User, deal: Deal | None) -> bool:
    """Nobody promises a discount on their own goods."""
    return deal is not None and deal.product.producer.user_id == user.pk


@predicate
def proposed_deal(user: User, deal: Deal | None) -> bool:
    """Nobody approves what they proposed themselves."""
    return deal is not None and deal.proposed_by_id == user.pk


add_perm("products.propose_deal", is_curator_of)
add_perm("products.approve_deal", curates_deal & ~gains_by_deal & ~proposed_deal)
add_perm("products.withdraw_deal", curates_deal)
add_perm("products.curate_prefecture", is_curator_of)
add_perm("products.submit_product", may_submit)
add_perm("products.check_submission", sits_at_the_county & ~is_own)
add_perm("products.approve_submission", curates_its_prefecture & ~is_own & ~checked_it)
add_perm("products.see_goods", owns_producer | curates_producer)
add_perm("products.write_goods", owns_producer)
