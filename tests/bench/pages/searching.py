"""Search among 50,000 products: what a query costs, beside one plain use of the same index.

The goods are the demo's, multiplied by SQL under other names and indexed as any product is. The
queries are what people type: names, places, pinyin, initials, English, slips, other names, choices
and sorting, things nobody sells, and nonsense. Each is one `find_products`, without the page.
"""

import random
import time
from collections.abc import Callable
from statistics import median, quantiles

from django.db import connection

GOODS = 50_000
_BEFORE = (
    *("山泉边", "稻花里", "木棉树下", "歌圩", "铜鼓岭", "风雨桥", "三月坡", "红水河"),
    *("左江岸", "右江谷", "漓江湾", "邕江畔", "大瑶山", "大明山", "九万大山", "十万大山"),
    *("六万山", "云开山", "猫儿山", "元宝山", "圣堂山", "金钟山", "岑王老山", "青龙山"),
)
_AFTER = (
    *("尝鲜装", "家庭装", "礼盒", "大箱", "小袋", "特选", "头茬", "二茬", "晚熟", "早熟"),
    *("农家", "合作社直发", "冷链装", "旅行装", "节庆装", "团购装"),
)
QUERIES: tuple[tuple[str, dict[str, str]], ...] = (
    ("芒果", {}),
    ("百色芒果", {}),
    ("砂糖橘", {}),
    ("桂林米粉", {}),
    ("螺蛳粉 礼盒", {}),
    ("茶", {}),
    ("核桃", {"prefecture": "451200"}),
    ("腊肉", {"sort": "cheap"}),
    ("mangguo", {}),
    ("mangg", {}),
    ("luosifen", {}),
    ("lsf", {}),
    ("bs mangguo", {}),
    ("gui", {}),
    ("mango", {}),
    ("jasmine teas", {}),
    ("passion fruit", {}),
    ("walnut oil", {}),
    ("忙果", {}),
    ("manggo", {}),
    ("luosfen", {}),
    ("沙田柚 大箱", {"season": "10"}),
    ("荔枝", {"deals": "1", "sort": "discount"}),
    ("礼盒", {"category": "tea"}),
    ("猫山王榴莲", {}),
    ("iphone", {}),
    ("🥭🥭", {}),
    ("芒果 mango " * 500, {}),
    ("' OR 1=1 --", {}),
    ("", {"category": "fruit"}),
    ("", {"sort": "cheap"}),
    ("", {}),
)


def measure(rounds: int) -> dict[str, float]:
    from products.domain.queries import cards
    from products.domain.search import find_products, index_products, ways_of
    from products.domain.search_filters import Filters
    from products.domain.search_suggestions import suggest
    from products.lexemes import ways_literal
    from products.models import Product

    _multiply()
    began = time.perf_counter()
    index_products(Product.objects.filter(sku__startswith="B-"))
    indexed = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE products_product")
        cursor.execute("VACUUM ANALYZE products_searchword")

    def ask(text: str, given: dict[str, str]) -> None:
        filters = Filters.read(given)
        find_products(text, among=filters.narrow(cards()), sort=filters.sort)

    def plain(literal: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM products_product WHERE state = 'listed'"
                " AND search @@ %s::tsquery LIMIT 2001",
                [literal],
            )
            cursor.fetchall()

    literals = [ways_literal(ways) for text, given in QUERIES if text and (ways := ways_of(text))]
    asked: list[float] = []
    typed: list[float] = []
    bare: list[float] = []
    order = random.Random(20_261_123)
    for number in range(rounds + 1):
        queries = list(QUERIES)
        order.shuffle(queries)
        for text, given in queries:
            spent = _milliseconds(lambda: ask(text, given))  # noqa: B023 -- used at once
            if number:  # the first round is for the caches
                asked.append(spent)
        for literal in literals:
            spent = _milliseconds(lambda: plain(literal))  # noqa: B023 -- used at once
            if number:
                bare.append(spent)
        for text in ("芒", "芒果", "ma", "mangg", "gu", "bais", "luos", f"x{number}"):
            spent = _milliseconds(lambda: suggest(text))  # noqa: B023 -- used at once
            if number:
                typed.append(spent)
    told, ways = quantiles(asked, n=100), quantiles(bare, n=100)
    return {
        "search_products": float(Product.objects.count()),
        "search_index_per_s": round(GOODS / indexed),
        "search_query_p50_ms": round(told[49], 1),
        "search_query_p95_ms": round(told[94], 1),
        "search_query_most_ms": round(max(asked), 1),
        "search_plain_p95_ms": round(ways[94], 1),
        "search_over_plain": round(median(asked) / max(0.01, median(bare)), 2),
        "search_suggest_p95_ms": round(quantiles(typed, n=100)[94], 1),
    }


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _multiply() -> None:
    """The demo's goods under other names, listed, with the same places, kinds and seasons."""
    from products.models import Product

    copied = [
        one.column
        for one in Product._meta.concrete_fields
        if one.column not in ("id", "sku", "name_zh", "search")
    ]
    columns = ", ".join(f'"{name}"' for name in copied)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO products_product (sku, name_zh, {columns})"  # nosec B608
            " SELECT 'B-' || row_number() OVER (), one.before || seed.name_zh || one.after,"
            f" {', '.join('seed.' + name for name in copied)}"
            " FROM products_product seed CROSS JOIN ("
            "   SELECT before, after FROM unnest(%s::text[]) before, unnest(%s::text[]) after"
            " ) one WHERE seed.state = 'listed' ORDER BY md5(one.before || seed.sku || one.after)"
            " LIMIT %s",
            [list(_BEFORE), list(_AFTER), GOODS],
        )
