"""How long applications are kept that led to nothing."""

from django.conf import settings

from livecommerce.upkeep import Policy
from officials.models import Official

POLICIES = [
    Policy(
        "officials.applications",
        "applications to host that were turned down, of people who never had a show",
        settings.FIGURES_KEEP_DAYS,
        lambda limit: Official.objects.filter(
            state=Official.State.SUSPENDED, verified_at=None, applied_at__lt=limit, broadcasts=None
        ),
    ),
]
