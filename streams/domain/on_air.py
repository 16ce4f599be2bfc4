"""What the catalogue may ask about shows: which goods are on a shelf that is live now."""

from django.db.models import QuerySet

from products.models import Product
from streams.models import Broadcast, ShelfItem


def products_on_air() -> QuerySet[Product]:
    """Rehearsals are nobody's business."""
    live = Broadcast.objects.live().filter(rehearsal_of=None)
    return Product.objects.filter(
        pk__in=ShelfItem.objects.filter(broadcast__in=live).values("product")
    )
