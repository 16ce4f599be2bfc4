"""The catalogue, its prices, its festivals and its stock."""

from products.models.approvals import ProducerCheck, Submission, SubmissionStep
from products.models.catalogue import (
    Category,
    CuratedPrefecture,
    Producer,
    Product,
    ProductImage,
    Specialty,
    SpecialtyList,
)
from products.models.claims import DealWithdrawal
from products.models.deals import Deal, Festival
from products.models.platform_share import PlatformShare
from products.models.prices import PricePoint
from products.models.search import SearchAlias, SearchMiss, SearchWord
from products.models.sheets import SheetImport, SheetRow
from products.models.stock import StockPool
from products.models.stock_watch import StockWatch

__all__ = [
    "Category",
    "CuratedPrefecture",
    "Deal",
    "DealWithdrawal",
    "Festival",
    "PlatformShare",
    "PricePoint",
    "Producer",
    "ProducerCheck",
    "Product",
    "ProductImage",
    "SearchAlias",
    "SearchMiss",
    "SearchWord",
    "SheetImport",
    "SheetRow",
    "Specialty",
    "SpecialtyList",
    "StockPool",
    "StockWatch",
    "Submission",
    "SubmissionStep",
]
