"""Who may do what with a demand. The same predicates stand in streams/rules.py."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from officials.domain.curation import curated_codes
from officials.models import Official, Region
from streams.models.demands import Demand


def has_desk(user: User | AnonymousUser) -> bool:
    """Superusers, and curators of any prefecture."""
    return bool(user.is_active and (user.is_superuser or curated_codes(user)))


def may_curate_demand(user: User | AnonymousUser, demand: Demand) -> bool:
    """Curators of its prefecture; of a demand without one, all curators."""
    if not user.is_active:
        return False
    if user.is_superuser:
        return True
    codes = curated_codes(user)
    return bool(codes) and (demand.prefecture_id is None or demand.prefecture_id in codes)


def may_answer_demand(user: User | AnonymousUser, demand: Demand) -> bool:
    """The post-holder who was named, while verified."""
    office = demand.official
    return office is not None and office.is_verified and office.user_id == user.pk


def office_of(user: User | AnonymousUser) -> Official | None:
    """The verified post this person holds."""
    if not user.is_authenticated:
        return None
    posts = Official.objects.filter(user=user, state=Official.State.VERIFIED)
    return posts.select_related("region__parent").first()


def desk_of(user: User) -> QuerySet[Demand]:
    """What stands on this curator's desk."""
    if user.is_superuser:
        return Demand.objects.all()
    return Demand.objects.filter(Q(prefecture__in=curated_codes(user)) | Q(prefecture=None))


def prefectures_of(user: User) -> QuerySet[Region]:
    """Those whose demands this curator looks after."""
    places = Region.objects.filter(kind=Region.Kind.PREFECTURE)
    return places if user.is_superuser else places.filter(code__in=curated_codes(user))


def require_curate(user: User, demand: Demand, action: str) -> None:
    """Raises DomainError `not_your_region` (403), and writes it down."""
    if not user.has_perm("streams.curate_demand", demand):
        audit.record_refusal(actor=user, action=f"demand.{action}", subject=demand)
        raise DomainError(
            "not_your_region", _("This is another prefecture's to decide."), status=403
        )


def require_answer(user: User, demand: Demand) -> None:
    """Raises DomainError `not_your_office` (403), and writes it down."""
    if not user.has_perm("streams.answer_demand", demand):
        audit.record_refusal(actor=user, action="demand.answer", subject=demand)
        raise DomainError(
            "not_your_office", _("Another office was asked for an answer."), status=403
        )
