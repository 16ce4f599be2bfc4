"""Why money goes back, told to the demand board below as numbers: reason, product, month.

No order, no person and no word of theirs goes along; and of fewer than
`demand_sources.FEWEST` refunds the board makes nothing.
"""

from datetime import timedelta

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import override

from orders.models import Refund, RefundLine
from products.models import Product
from streams.domain.demand_sources import FEWEST, Returned, hear_refunds

LOOK_BACK = timedelta(days=62)
"""This month and the last one: a count that is told again only grows."""
CAUSES = (
    Refund.Cause.BAD_FRUIT,
    Refund.Cause.DAMAGED,
    Refund.Cause.NOT_ARRIVED,
    Refund.Cause.NOT_AS_DESCRIBED,
)
"""Who changed their mind asks nothing of anybody."""
GRANTED = (Refund.State.APPROVED, Refund.State.IN_TRANSIT, Refund.State.DONE)


def tell_reasons() -> int:
    """Count what was granted and tell it; returns how many groups were enough to be heard."""
    rows = (
        RefundLine.objects.filter(
            refund__state__in=GRANTED,
            refund__cause__in=CAUSES,
            refund__requested_at__gte=timezone.now() - LOOK_BACK,
        )
        .annotate(month=TruncMonth("refund__requested_at"))
        .values("refund__cause", "line__product", "month")
        .annotate(times=Count("refund", distinct=True))
        .filter(times__gte=FEWEST)
        .order_by("month", "line__product", "refund__cause")
    )
    counted = list(rows)
    goods = Product.objects.defer("search").select_related("prefecture")
    products = goods.in_bulk([row["line__product"] for row in counted])
    with override("zh-hans"):
        told = [
            Returned(
                cause=row["refund__cause"],
                cause_label=str(Refund.Cause(row["refund__cause"]).label),
                product=products[row["line__product"]],
                month=f"{timezone.localtime(row['month']):%Y-%m}",
                times=row["times"],
            )
            for row in counted
        ]
    return hear_refunds(told)
