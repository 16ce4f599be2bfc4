"""A producer submits, the county checks, the prefecture approves, and the goods are listed.

Each step is a compare-and-set from the state the person saw, with a row of who, when and why, a
deadline for the next office and a message to those concerned. Nobody judges what they submitted or
what is theirs, whichever offices they hold: here, by CHECKs and by a trigger
(products/migrations/sql/submissions.sql).
"""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.machines import Steps
from livecommerce.transitions import move
from products.domain import approval_messages as tell
from products.domain.approval_rules import (
    JUDGED_STATES,
    PRICES,
    TIME_FOR,
    differences,
    facts_of,
    first_office,
    may_submit,
    require_judge,
)
from products.domain.claims import take_back_fallen
from products.domain.curation import list_product
from products.domain.producer_identity import require_identity
from products.domain.refusals import explain
from products.domain.search import index_products
from products.models import Product, Submission, SubmissionStep

S = Submission.State
SUBMISSION = Steps(
    "submission",
    {
        S.COUNTY: (S.PREFECTURE, S.RETURNED, S.WITHDRAWN),
        S.PREFECTURE: (S.APPROVED, S.RETURNED, S.WITHDRAWN),
        S.APPROVED: (),
        S.RETURNED: (),
        S.WITHDRAWN: (),
    },
    SubmissionStep,
    "submission",
)
LONGEST = 300


def submit_product(*, product: Product, by: User, note: str = "") -> Submission:
    """A draft goes to the county. Raises DomainError: not_your_product, identity_expired (403),
    product_state (409)."""
    _require_sender(product, by)
    require_identity(product.producer)
    with transaction.atomic():
        if not move(
            product,
            "state",
            Product.State.DRAFT,
            Product.State.SUBMITTED,
            updated_at=timezone.now(),
        ):
            raise _elsewhere(product)
        return _open(product, by, kind=Submission.Kind.NEW, note=note, changes={})


def propose_change(
    *, product: Product, by: User, values: Mapping[str, Any], note: str = ""
) -> Submission:
    """A producer wishes other words or another price for what was approved: it stays as it is
    until the wish is approved. Raises DomainError: not_your_product (403), product_state,
    submission_open (409), nothing_changed (422)."""
    _require_sender(product, by)
    if product.state not in JUDGED_STATES:
        raise _elsewhere(product)
    changes = differences(facts_of(product), values)
    if not changes:
        raise DomainError("nothing_changed", _("Nothing is different from what is on sale."))
    with transaction.atomic():
        return _open(product, by, kind=Submission.Kind.CHANGE, note=note, changes=changes)


def note_correction(*, product: Product, by: User, before: Mapping[str, Any]) -> Submission | None:
    """Staff have corrected an approved product: it counts at once, and somebody else confirms it
    or has it set back. In the transaction of the correction. None if nothing judged changed."""
    changes = differences(before, facts_of(product))
    if product.state not in JUDGED_STATES or not changes:
        return None
    return _open(product, by, kind=Submission.Kind.CORRECTION, note="", changes=changes)


def check_submission(*, submission: Submission, by: User, note: str = "") -> None:
    """The county has looked: on to the prefecture. Raises as `require_judge`, or
    submission_state (409)."""
    require_judge(submission, by, office=S.COUNTY)
    with transaction.atomic():
        _step(
            submission,
            S.PREFECTURE,
            seen=S.COUNTY,
            by=by,
            note=note,
            checked_by=by,
            checked_at=timezone.now(),
            due_at=timezone.now() + TIME_FOR[S.PREFECTURE],
            reminders=0,
            reminded_at=None,
        )
        tell.waiting(submission)
        tell.moved_on(submission)


def approve_submission(*, submission: Submission, by: User, note: str = "") -> str:
    """The prefecture's yes. A new product is listed if nothing stands against it; what does is
    returned in words (empty: listed, or there was nothing to list).

    Raises as `require_judge`; submission_state, changed_meanwhile (409), price refusals (422).
    """
    require_judge(submission, by, office=S.PREFECTURE)
    product = submission.product
    try:
        with transaction.atomic():
            _step(
                submission,
                S.APPROVED,
                seen=S.PREFECTURE,
                by=by,
                note=note,
                decided_by=by,
                decided_at=timezone.now(),
                reason=note[:LONGEST],
            )
            if submission.kind == Submission.Kind.CHANGE:
                _apply(product, submission.changes)
            elif submission.kind == Submission.Kind.NEW:
                _move_product(product, Product.State.SUBMITTED, Product.State.APPROVED)
            tell.decided(submission)
    except IntegrityError as error:
        raise explain(error) from error
    return _list(product) if submission.kind == Submission.Kind.NEW else ""


def return_submission(*, submission: Submission, by: User, reason: str) -> None:
    """Back to the producer with a reason; a correction by staff is set back to what it was.

    Raises as `require_judge`; reason_missing (422), submission_state, changed_meanwhile (409).
    """
    seen = submission.state
    require_judge(submission, by, office=seen if seen == S.COUNTY else S.PREFECTURE)
    if not reason.strip():
        raise DomainError("reason_missing", _("Say what has to be better; the producer reads it."))
    try:
        with transaction.atomic():
            _step(
                submission,
                S.RETURNED,
                seen=seen,
                by=by,
                note=reason,
                decided_by=by,
                decided_at=timezone.now(),
                reason=reason.strip()[:LONGEST],
            )
            _undo(submission)
            tell.decided(submission)
    except IntegrityError as error:
        raise explain(error) from error


def withdraw_submission(*, submission: Submission, by: User) -> None:
    """Whoever may submit takes it back while nobody has decided. Raises DomainError:
    not_your_product (403), submission_state (409)."""
    _require_sender(submission.product, by)
    if submission.kind == Submission.Kind.CORRECTION and by.pk != submission.submitted_by_id:
        raise DomainError("not_your_product", _("Somebody else has submitted this."), status=403)
    with transaction.atomic():
        _step(submission, S.WITHDRAWN, seen=submission.state, by=by, note="")
        _undo(submission)


def open_submission(product: Product) -> Submission | None:
    """The round the product is in."""
    rows = product.submissions.filter(state__in=Submission.OPEN)
    return rows.select_related(
        "product__producer", "product__prefecture", "product__county"
    ).first()


def _open(
    product: Product, by: User, *, kind: str, note: str, changes: dict[str, list[Any]]
) -> Submission:
    """Inside a transaction: a new round at its first office."""
    state = first_office(changes)
    try:
        with transaction.atomic():
            submission = Submission.objects.create(
                product=product,
                kind=kind,
                state=state,
                changes=changes,
                note=note.strip()[:LONGEST],
                submitted_by=by,
                due_at=timezone.now() + TIME_FOR[Submission.State(state)],
            )
    except IntegrityError as error:
        raise explain(error) from error
    submission.steps.create(to_state=state, actor=by, note=note.strip()[:LONGEST])
    audit.record(
        actor=by,
        action=f"products.submit_{kind}",
        subject=product,
        before={name: then for name, (then, _now) in changes.items()},
        after={name: now for name, (_then, now) in changes.items()} | {"office": state},
        reason=note,
    )
    tell.waiting(submission)
    return submission


def _step(
    submission: Submission, to: str, *, seen: str, by: User, note: str, **updates: Any
) -> None:
    if not SUBMISSION.take(submission, to, seen=seen, actor=by, note=note.strip(), **updates):
        submission.refresh_from_db(fields=["state"])
        raise DomainError(
            "submission_state",
            _("Somebody was quicker: it is “%(state)s” now. Reload the page.")
            % {"state": submission.get_state_display()},
            status=409,
        )
    audit.record(
        actor=by,
        action=f"products.{'approve' if to == S.APPROVED else to}_submission",
        subject=submission.product,
        before={"office": seen},
        after={"office": to, "kind": submission.kind},
        reason=note,
    )


def _apply(product: Product, changes: Mapping[str, list[Any]], *, backwards: bool = False) -> None:
    """Write the new values (or the old ones again) where nothing else has come between."""
    current = facts_of(product)
    for name, (then, now) in changes.items():
        wanted, expected = (then, now) if backwards else (now, then)
        if current[name] != expected:
            raise DomainError(
                "changed_meanwhile",
                _("The product has been changed since; send this back and look again."),
                status=409,
            )
        setattr(product, name, wanted)
    product.save(update_fields=[*changes, "updated_at"])
    index_products(Product.objects.filter(pk=product.pk))
    if any(name in PRICES for name in changes):
        take_back_fallen(product.deals.all())


def _undo(submission: Submission) -> None:
    """What a round had set in motion before anybody agreed."""
    if submission.kind == Submission.Kind.NEW:
        _move_product(submission.product, Product.State.SUBMITTED, Product.State.DRAFT)
    elif submission.kind == Submission.Kind.CORRECTION:
        _apply(submission.product, submission.changes, backwards=True)


def _move_product(product: Product, from_: str, to: str) -> None:
    if not move(product, "state", from_, to, updated_at=timezone.now()):
        raise _elsewhere(product)


def _list(product: Product) -> str:
    try:
        list_product(product=product)
    except DomainError as error:
        return error.message
    return ""


def _require_sender(product: Product, by: User) -> None:
    if not may_submit(by, product):
        raise DomainError("not_your_product", _("This is another producer’s product."), status=403)


def _elsewhere(product: Product) -> DomainError:
    product.refresh_from_db(fields=["state"])
    return DomainError(
        "product_state",
        _("The product is %(state)s; that step does not follow.")
        % {"state": product.get_state_display()},
        status=409,
    )
