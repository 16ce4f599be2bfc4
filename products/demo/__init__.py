"""Seed: the catalogue with pictures, prices, a festival with deals, and stock."""

from collections.abc import Callable

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from livecommerce.accounts.models import User
from livecommerce.illustrations import SIDE, Illustration, draw
from officials.demo import cache_dir
from products.demo.approvals import check_producers, seed_approvals
from products.demo.catalogue import new_products, rows
from products.demo.history import price_points, seed_deals, seed_festival
from products.demo.looks import picture_of
from products.demo.specialties import new_specialties
from products.domain.prices import importing_history
from products.domain.search import index_products
from products.models import PricePoint, Product, ProductImage, Specialty


def pictures() -> list[Illustration]:
    """All there are, so that they can be drawn beforehand in several processes."""
    return [picture_of(row["name_en"], row["category"], row["prefecture_code"]) for row in rows()]


def seed(out: Callable[[str], object]) -> dict[str, int]:
    """Adds the products that are missing, with all that belongs to them, or nothing at all."""
    products = new_products()
    counts = {"products": 0, "pictures": 0, "price points": 0, "deals": 0, "specialties": 0}
    if products:
        counts = _fill(products)
        check_producers()
    counts["submissions"] = seed_approvals()
    out(f"products: {len(rows())} in place, {counts['products']} of them new")
    return counts


def _fill(products: list[Product]) -> dict[str, int]:
    now = timezone.now()
    event_skus = {row["sku"] for row in rows() if row["in_2020_event"] == "Y"}
    approver = User.objects.filter(is_superuser=True).order_by("pk").first()
    festival = seed_festival(now)
    with importing_history():
        Product.objects.bulk_create(products)
        points = PricePoint.objects.bulk_create(price_points(products, now))
        ids = [product.pk for product in products]
        Product.objects.filter(pk__in=ids).update(state=Product.State.LISTED)
        deals = seed_deals(products, event_skus, festival, approver) if approver else []
        specialties = Specialty.objects.bulk_create(new_specialties(products, event_skus))
        images = ProductImage.objects.bulk_create([_image(product) for product in products])
        index_products(Product.objects.filter(pk__in=ids))
    return {
        "products": len(products),
        "pictures": len(images),
        "price points": len(points),
        "deals": len(deals),
        "specialties": len(specialties),
    }


def _image(product: Product) -> ProductImage:
    picture = picture_of(product.name_en, product.category.slug, product.prefecture_id)
    renditions = {str(width): _store(picture, width) for width in draw(picture, cache_dir())}
    return ProductImage(
        product=product,
        file=renditions[str(SIDE)],
        renditions=renditions,
        alt_zh=f"{product.name_zh}插画",
        alt_en=f"Illustration: {product.name_en}",
        position=1,
    )


def _store(picture: Illustration, width: int) -> str:
    """Goods that look alike share their files."""
    name = f"products/demo/{picture.key}-{width}.webp"
    if not default_storage.exists(name):
        data = draw(picture, cache_dir())[width]
        return default_storage.save(name, ContentFile(data))
    return name
