"""Rights as predicates: `user.has_perm("officials.host", place)` and so on."""

# The package has annotations here and there only.
# mypy: disable-error-code="no-untyped-call,untyped-decorator"

from rules.permissions import add_perm
from rules.predicates import predicate

from livecommerce.accounts.models import User
from officials.domain.curation import may_curate
from officials.domain.hosting import may_host as _may_host
from officials.models import Official, Region


@predicate
def is_superuser(user: User) -> bool:
    return bool(user.is_active and user.is_superuser)


@predicate
def may_host(user: User, place: Region | Official | None) -> bool:
    return place is not None and _may_host(user, place)


@predicate
def is_curator_of(user: User, place: Region | Official | None) -> bool:
    if place is None:
        return False
    return may_curate(user, place.region if isinstance(place, Official) else place)


@predicate
def is_the_official(user: User, official: Official | None) -> bool:
    return official is not None and official.user_id == user.pk


add_perm("officials.host", may_host)
add_perm("officials.curate", is_superuser | is_curator_of)
add_perm("officials.verify", (is_superuser | is_curator_of) & ~is_the_official)
add_perm("officials.name_assistants", is_the_official)
