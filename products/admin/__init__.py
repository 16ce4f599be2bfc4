"""The back room of the catalogue: goods, curation, deals, stock and prices."""

from products.admin.catalogue import CategoryAdmin, ProducerAdmin, ProductAdmin
from products.admin.deals import DealAdmin, FestivalAdmin
from products.admin.search import SearchAliasAdmin, SearchMissAdmin
from products.admin.specialties import CuratedPrefectureAdmin
from products.admin.stock import PricePointAdmin, StockPoolAdmin

__all__ = [
    "CategoryAdmin",
    "CuratedPrefectureAdmin",
    "DealAdmin",
    "FestivalAdmin",
    "PricePointAdmin",
    "ProducerAdmin",
    "ProductAdmin",
    "SearchAliasAdmin",
    "SearchMissAdmin",
    "StockPoolAdmin",
]
