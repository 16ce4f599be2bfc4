"""What the catalogue holds about a person; see `livecommerce.accounts.holdings`."""

from django.utils.translation import gettext as _

from livecommerce.accounts.holdings import Fate, Holding
from livecommerce.accounts.models import User
from products.models import Producer

HOLDINGS = (
    Holding("products.StockWatch.user", Fate.DELETED, ("product", "asked_at", "told_at")),
    Holding("products.Producer.user", Fate.UNLINKED, ("name_zh", "name_en", "region")),
    Holding("products.Deal.approved_by", Fate.UNNAMED),
    Holding("products.Deal.proposed_by", Fate.UNNAMED),
    Holding("products.PlatformShare.set_by", Fate.UNNAMED),
    Holding("products.ProducerCheck.checked_by", Fate.UNNAMED),
    Holding("products.SheetImport.uploaded_by", Fate.UNNAMED),
    Holding("products.SubmissionStep.actor", Fate.UNNAMED),
    Holding("products.Submission.submitted_by", Fate.UNNAMED),
    Holding("products.Submission.checked_by", Fate.UNNAMED),
    Holding("products.Submission.decided_by", Fate.UNNAMED),
)


def obstacles(user: User) -> list[str]:
    if Producer.objects.filter(user=user).exists():
        return [_("It is the account of a farm; ask the curators to give the farm another first.")]
    return []
