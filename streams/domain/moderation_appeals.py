"""One appeal against each mute or ban; staff who did not impose it decide."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.notifications.domain import notify
from livecommerce.transitions import move
from livecommerce.wording import clean
from officials.domain.curation import may_curate
from streams.domain.moderation_book import Deed, write
from streams.domain.moderation_sanctions import end
from streams.models import Sanction

LONGEST_APPEAL, LONGEST_ANSWER = 500, 300
Appeal = Sanction.Appeal


def make_appeal(*, sanction: Sanction, user: User, text: str) -> None:
    """Say once why it is wrong.

    Raises DomainError: no_such_sanction (404), not_in_force, appealed_already (409), empty_text,
    text_too_long (422).
    """
    if sanction.user_id != user.pk:
        raise DomainError("no_such_sanction", _("This page is not here."), status=404)
    words = clean.require_line(text, longest=LONGEST_APPEAL)[:LONGEST_APPEAL]
    if not sanction.is_in_force:
        raise DomainError("not_in_force", _("You can take part again already."), status=409)
    with transaction.atomic():
        if not move(
            sanction,
            "appeal",
            Appeal.NONE,
            Appeal.WAITING,
            appeal_text=words,
            appealed_at=timezone.now(),
        ):
            raise DomainError(
                "appealed_already", _("You have appealed already; once is all."), status=409
            )
        write(
            Deed.APPEAL,
            broadcast=sanction.broadcast,
            by=user,
            user_id=user.pk,
            sanction=sanction,
            note=words,
        )


def decide_appeal(*, sanction: Sanction, by: User, is_granted: bool, answer: str = "") -> None:
    """Granting ends the mute or ban. The person reads the answer in their inbox.

    Raises DomainError: not_staff (403), own_decision (403), already_decided (409).
    """
    region = sanction.host.region if sanction.host else None
    may = by.is_superuser or (by.is_staff and region is not None and may_curate(by, region))
    if not (by.is_active and may):
        raise DomainError("not_staff", _("Only the site's staff decide appeals."), status=403)
    if sanction.by_id == by.pk:
        raise DomainError(
            "own_decision", _("Somebody else must decide about your own decision."), status=403
        )
    answer = clean.clean_line(answer)[:LONGEST_ANSWER]
    to = Appeal.GRANTED if is_granted else Appeal.UPHELD
    decided = {"decided_by": by, "decided_at": timezone.now(), "answer": answer}
    with transaction.atomic():
        if not move(sanction, "appeal", Appeal.WAITING, to, **decided):
            raise DomainError("already_decided", _("There is no appeal to decide."), status=409)
        deed = Deed.GRANT if is_granted else Deed.UPHOLD
        if not (
            is_granted
            and end(sanction=sanction, broadcast=sanction.broadcast, by=by, deed=deed, note=answer)
        ):
            write(
                deed,
                broadcast=sanction.broadcast,
                by=by,
                user_id=sanction.user_id,
                sanction=sanction,
                note=answer,
            )
        granted = gettext_lazy("Your appeal was granted: you can take part again.")
        upheld = gettext_lazy("Your appeal was read, and not granted.")
        notify(
            user=sanction.user,
            kind="system",
            key=f"sanction:{sanction.pk}:decided",
            title=granted if is_granted else upheld,
            body=answer,
            url=reverse("streams:sanction", args=[sanction.pk]),
        )
