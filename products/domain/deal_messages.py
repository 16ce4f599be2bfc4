"""Who is told of a proposed deal, and of what became of it."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from livecommerce.accounts.models import User
from livecommerce.later import later
from livecommerce.notifications.domain import Message, notify_all
from livecommerce.notifications.models import Kind
from products.models import Deal


def approvers_of(deal: Deal) -> QuerySet[User]:
    """The prefecture's curators but for whoever proposed it or gains by it; where there is no
    other, the shop's own people."""
    own = [pk for pk in (deal.proposed_by_id, deal.product.producer.user_id) if pk is not None]
    users = User.objects.filter(is_active=True).exclude(pk__in=own)
    curators = users.filter(is_staff=True, curates__prefecture=deal.product.prefecture_id)
    if curators.exists():
        return curators.order_by("pk").distinct()
    return users.filter(is_superuser=True).order_by("pk")


def waiting(deal: Deal) -> int:
    """Those who may approve it. A proposal that was changed is told again."""
    mark = f"{deal.price_fen}:{deal.quantity}:{deal.starts_at:%m%d%H%M}:{deal.ends_at:%m%d%H%M}"
    title = gettext_lazy("A deal waits for your approval")
    return notify_all(
        [
            Message(
                user=reader,
                kind=Kind.APPROVAL,
                key=f"deal:{deal.pk}:{mark}:{reader.pk}",
                title=title,
                body=later(lambda: deal.product.name),
                url=_url(deal),
            )
            for reader in approvers_of(deal)
        ]
    )


def decided(deal: Deal) -> int:
    """Whoever proposed it hears yes, or why not."""
    if deal.proposed_by is None:
        return 0
    is_yes = deal.state == Deal.State.APPROVED
    yes, no = gettext_lazy("Your deal was approved"), gettext_lazy("Your deal was sent back")
    name = later(lambda: deal.product.name)
    body = name if is_yes else format_lazy("{} · {}", name, deal.sent_back_reason)
    entry = f"deal:{deal.pk}:{deal.state}:{deal.price_fen}:{deal.sent_back_reason[:40]}"
    return notify_all(
        [
            Message(
                user=deal.proposed_by,
                kind=Kind.APPROVAL,
                key=f"{entry}:{deal.proposed_by_id}"[:120],
                title=yes if is_yes else no,
                body=body,
                url=_url(deal),
            )
        ]
    )


def _url(deal: Deal) -> str:
    return reverse("products:curate_deal", args=[deal.product.prefecture_id, deal.pk])
