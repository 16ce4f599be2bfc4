"""The catalogue, its prices, its festivals and its stock."""

from products.models.catalogue import (
    Category,
    CuratedPrefecture,
    Producer,
    Product,
    ProductImage,
    Specialty,
)
from products.models.deals import Deal, Festival
from products.models.platform_share import PlatformShare
from products.models.prices import PricePoint
from products.models.stock import StockPool

__all__ = [
    "Category",
    "CuratedPrefecture",
    "Deal",
    "Festival",
    "PlatformShare",
    "PricePoint",
    "Producer",
    "Product",
    "ProductImage",
    "Specialty",
    "StockPool",
]
