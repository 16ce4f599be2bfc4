"""approved → listed → retired: when goods may be sold. How they come to be approved is
`products.domain.approvals`."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce.errors import DomainError
from livecommerce.transitions import move
from products.domain.producer_identity import require_identity
from products.domain.refusals import explain
from products.domain.stock import receive_goods
from products.models import Deal, Product


def list_product(*, product: Product) -> None:
    """On sale from now on; the price history begins, or goes on. It needs a picture to be seen,
    and a producer whose identity is checked."""
    if not product.images.exists():
        raise DomainError(
            "picture_missing", _("Add a picture first: nobody buys what they cannot see.")
        )
    require_identity(product.producer)
    with transaction.atomic():
        _move(product, (Product.State.APPROVED, Product.State.RETIRED), Product.State.LISTED)
        receive_goods(product=product, quantity=0)


def retire_product(*, product: Product) -> None:
    """Off sale. A promised deal comes first: it has to end or be withdrawn."""
    promised = Deal.objects.filter(
        product=product, state=Deal.State.APPROVED, ends_at__gt=timezone.now()
    )
    if promised.exists():
        raise DomainError(
            "deal_promised", _("A deal is promised for this product. Withdraw it or let it end.")
        )
    _move(product, (Product.State.LISTED, Product.State.APPROVED), Product.State.RETIRED)


def _move(product: Product, from_: tuple[str, ...], to: str) -> None:
    if product.state == to:
        return
    try:
        with transaction.atomic():
            moved = move(product, "state", from_, to, updated_at=timezone.now())
    except IntegrityError as error:
        product.refresh_from_db(fields=["state"])
        raise explain(error) from error
    if not moved:
        product.refresh_from_db(fields=["state"])
        raise DomainError(
            "product_state",
            _("The product is %(state)s; that step does not follow.")
            % {"state": product.get_state_display()},
            status=409,
        )
