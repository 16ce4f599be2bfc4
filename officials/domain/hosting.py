"""Who may host where: a verified official of the place, or an assistant they named."""

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from officials.models import Assistant, Official, Region

MAX_ASSISTANTS = 10


def officials_one_may_host_for(user: User | AnonymousUser) -> QuerySet[Official]:
    """Verified officials the user is, or assists."""
    if not user.is_authenticated or not user.is_active:
        return Official.objects.none()
    return (
        Official.objects.filter(state=Official.State.VERIFIED)
        .filter(Q(user=user) | Q(assistants__user=user))
        .distinct()
    )


def may_host(user: User | AnonymousUser, place: Region | Official) -> bool:
    """For an official: themselves or their assistants. For a region: any such official of it,
    or of the prefecture it belongs to."""
    mine = officials_one_may_host_for(user)
    if isinstance(place, Official):
        return mine.filter(pk=place.pk).exists()
    return mine.filter(region__in=[place.code, place.prefecture.code]).exists()


def name_assistant(*, official: Official, email: str) -> Assistant:
    """Let the person with this address help to run the official's rooms.

    They must have an account: naming sends no invitation that could be guessed or forwarded.
    """
    if not official.is_verified:
        raise DomainError(
            "not_verified", _("Only a verified official can name assistants."), status=403
        )
    person = find_person(email)
    if person.pk == official.user_id:
        raise DomainError("own_assistant", _("You can run your own rooms already."))
    if official.assistants.count() >= MAX_ASSISTANTS:
        raise DomainError(
            "too_many_assistants",
            _("%(number)s assistants are the most. Remove one first.") % {"number": MAX_ASSISTANTS},
        )
    try:
        with transaction.atomic():
            named = Assistant.objects.create(official=official, user=person)
            audit.record(
                actor=official.user,
                action="officials.name_assistant",
                subject=official,
                after={"assistant": person.pk},
            )
            return named
    except IntegrityError:
        return Assistant.objects.get(official=official, user=person)


def find_person(email: str) -> User:
    """The account with this address. Raises DomainError `no_such_person` (422)."""
    person = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if person is None:
        raise DomainError(
            "no_such_person",
            _("Nobody has signed up with this address. Ask them to sign up first."),
        )
    return person


def remove_assistant(*, official: Official, assistant_id: int) -> None:
    """Idempotent; another official's assistant is not found."""
    with transaction.atomic():
        known = official.assistants.filter(pk=assistant_id).first()
        if known is None:
            return
        known.delete()
        audit.record(
            actor=official.user,
            action="officials.remove_assistant",
            subject=official,
            before={"assistant": known.user_id},
        )
