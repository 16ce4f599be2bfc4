"""Which prefectures a staff member may edit."""

from django.contrib.auth.models import AnonymousUser

from livecommerce.accounts.models import User
from officials.models import Curator, Region


def curated_codes(user: User | AnonymousUser) -> frozenset[str]:
    """Codes of the prefectures the user curates; a superuser needs none (see `may_curate`)."""
    if not user.is_authenticated or not user.is_active or not user.is_staff:
        return frozenset()
    return frozenset(Curator.objects.filter(user=user).values_list("prefecture_id", flat=True))


def may_curate(user: User | AnonymousUser, region: Region) -> bool:
    """A superuser, or a curator of the region's prefecture."""
    if user.is_authenticated and user.is_active and user.is_superuser:
        return True
    return region.prefecture.code in curated_codes(user)
