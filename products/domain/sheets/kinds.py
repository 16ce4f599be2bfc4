"""The four kinds of sheets."""

from products.domain.sheets.books import Book
from products.domain.sheets.deal_book import DealBook
from products.domain.sheets.official_book import OfficialBook
from products.domain.sheets.product_book import ProductBook
from products.domain.sheets.stock_book import StockBook
from products.models import SheetImport

BOOKS: dict[str, type[Book]] = {
    SheetImport.Kind.PRODUCTS: ProductBook,
    SheetImport.Kind.STOCK: StockBook,
    SheetImport.Kind.DEALS: DealBook,
    SheetImport.Kind.OFFICIALS: OfficialBook,
}
