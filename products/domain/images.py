"""Pictures of products: uploaded ones re-encoded, stored under names that tell nothing."""

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db.models import Max
from django.utils.crypto import get_random_string

from livecommerce.pictures import make_renditions
from products.models import Product, ProductImage


def add_image(
    *,
    product: Product,
    upload: "File[bytes]",
    alt_zh: str = "",
    alt_en: str = "",
    is_made_by_ai: bool = False,
) -> ProductImage:
    """Store the renditions of `upload` and put it last among the product's pictures.

    Raises DomainError for what is no picture we take (see `livecommerce.pictures`).
    """
    stored = store_renditions(upload, folder=f"products/{product.sku.lower()}")
    last = product.images.aggregate(last=Max("position"))["last"] or 0
    return ProductImage.objects.create(
        product=product,
        file=stored[max(stored)],
        renditions={str(width): name for width, name in stored.items()},
        alt_zh=alt_zh or product.name_zh,
        alt_en=alt_en or product.name_en,
        is_made_by_ai=is_made_by_ai,
        position=last + 1,
    )


def replace_file(*, image: ProductImage, upload: "File[bytes]") -> None:
    """Set the file of a row that is not saved yet, or saved with another picture."""
    stored = store_renditions(upload, folder=f"products/{image.product.sku.lower()}")
    image.file.name = stored[max(stored)]
    image.renditions = {str(width): name for width, name in stored.items()}


def store_renditions(upload: "File[bytes]", *, folder: str) -> dict[int, str]:
    """Width in pixels → stored file name."""
    stem = get_random_string(12, "abcdefghjkmnpqrstuvwxyz23456789")
    return {
        width: default_storage.save(f"{folder}/{stem}-{width}.webp", ContentFile(data))
        for width, data in make_renditions(upload).items()
    }
