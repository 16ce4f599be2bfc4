"""How long the catalogue keeps what people looked for and waited for. Goods, prices and deals are
records of the trade: nothing of them is removed."""

from django.conf import settings

from livecommerce.upkeep import Policy
from products.models import SearchMiss, SheetImport, StockWatch

POLICIES = [
    Policy(
        "products.missed_searches",
        "what was searched in vain, by day (nobody's name is with it)",
        settings.LOGS_KEEP_DAYS,
        lambda limit: SearchMiss.objects.filter(day__lt=limit.date()),
    ),
    Policy(
        "products.stock_watches",
        "“tell me when”, from the telling",
        settings.LOGS_KEEP_DAYS,
        lambda limit: StockWatch.objects.filter(told_at__lt=limit),
    ),
    Policy(
        "products.spreadsheets",
        "spreadsheets that came in, with their rows (what they changed stands in the audit book)",
        settings.LOGS_KEEP_DAYS,
        lambda limit: SheetImport.objects.filter(uploaded_at__lt=limit).exclude(
            state__in=("uploaded", "confirmed")
        ),
    ),
]
