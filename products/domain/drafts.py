"""Drafts: what a producer writes before anybody has looked at it."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from products.domain.approval_rules import may_submit
from products.domain.producer_identity import require_identity
from products.domain.refusals import explain
from products.domain.search import index_products
from products.models import Producer, Product

MOST_DRAFTS = 50


def create_draft(*, producer: Producer, by: User, values: Mapping[str, Any]) -> Product:
    """A new product of the producer's own place. Raises DomainError: not_your_product,
    identity_expired (403), too_many_drafts (409)."""
    region = producer.region
    product = Product(
        producer=producer,
        sku=f"P{producer.pk}-{get_random_string(6, 'ABCDEFGHJKMNPQRSTUVWXYZ23456789')}",
        prefecture=region.prefecture,
        county=region if region.parent_id else None,
        **values,
    )
    _require_sender(product, by)
    require_identity(producer)
    if producer.products.filter(state=Product.State.DRAFT).count() >= MOST_DRAFTS:
        message = _("You have many drafts already. Submit or finish some first.")
        raise DomainError("too_many_drafts", message, status=409)
    _save(product)
    return product


def change_draft(*, product: Product, by: User, values: Mapping[str, Any]) -> None:
    """Raises DomainError: not_your_product (403), product_state (409)."""
    _require_sender(product, by)
    with transaction.atomic():
        row = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
        if row.state != Product.State.DRAFT:
            raise DomainError("product_state", _("It has been submitted already."), status=409)
        for name, value in values.items():
            setattr(row, name, value)
        _save(row)
    product.refresh_from_db()


def _save(product: Product) -> None:
    try:
        with transaction.atomic():
            product.save()
            index_products(Product.objects.filter(pk=product.pk))
    except IntegrityError as error:
        raise explain(error) from error


def _require_sender(product: Product, by: User) -> None:
    if not may_submit(by, product):
        raise DomainError("not_your_product", _("This is another producer’s product."), status=403)
