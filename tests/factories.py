"""Plain factories for rows that keep the shop's rules; every argument has a sensible default.

Prices in fen. `make_product` gives a listed product with sixty days of price history and stock;
`make_deal` an approved half-price deal that is on now, through the database's own checks.
"""

from datetime import datetime, timedelta
from itertools import count

from django.db import transaction
from django.utils import timezone

from livecommerce.accounts.models import Address, User
from officials.models import Assistant, Curator, Official, Region
from orders.models import Coupon, FreightTemplate, FreightZone
from products.domain.prices import importing_history
from products.domain.search import index_products
from products.models import (
    Category,
    Deal,
    Festival,
    PricePoint,
    Producer,
    Product,
    Specialty,
    StockPool,
)

_numbers = count(1)
PASSWORD = "pass-the-mangoes-7"


def make_user(email: str = "", *, password: str | None = None, **fields) -> User:
    """Without `password` the account cannot sign in by form (hashing is slow); use force_login."""
    number = next(_numbers)
    fields.setdefault("display_name", f"覃小满{number}")
    return User.objects.create_user(email or f"person{number}@example.com", password, **fields)


def make_address(user: User, **fields) -> Address:
    values = {
        "recipient": "覃小满",
        "phone": "13800138000",
        "province": "广西壮族自治区",
        "city": "河池市",
        "county": "凤山县",
        "street": "幸福路 1 号",
        "is_default": not user.addresses.exists(),
    }
    return Address.objects.create(user=user, **values | fields)


def make_prefecture(code: str = "451200", **fields) -> Region:
    values = {"kind": "prefecture", "name_zh": "河池市", "short_zh": "河池", "name_en": "Hechi"}
    if code != "451200":
        values |= {"name_zh": f"第{code}市", "short_zh": f"第{code}", "name_en": f"City {code}"}
    return Region.objects.get_or_create(code=code, defaults=values | fields)[0]


def make_county(code: str = "451223", **fields) -> Region:
    """Its prefecture (the first four digits) is made too."""
    parent = fields.pop("parent", None) or make_prefecture(f"{code[:4]}00")
    values = {"kind": "county", "name_zh": "凤山县", "name_en": "Fengshan County"}
    if code != "451223":
        values |= {"name_zh": f"第{code}县", "name_en": f"County {code}"}
    return Region.objects.get_or_create(code=code, defaults=values | {"parent": parent} | fields)[0]


def make_official(*, verified: bool = True, region: Region | None = None, **fields) -> Official:
    number = next(_numbers)
    region = region or make_county()
    user = fields.pop("user", None) or make_user(f"official{number}@example.com")
    values = {
        "slug": f"official-{number}",
        "name_zh": "韦稻香",
        "name_en": "Wei Daoxiang",
        "post_zh": "副县长",
        "post_en": "deputy county head",
        "catchphrase_zh": "山里好物，我来作证",
        "catchphrase_en": "I vouch for the hills",
    }
    if verified:
        values |= {
            "state": "verified",
            "verified_at": timezone.now(),
            "verified_by": fields.pop("verified_by", None) or make_user(is_staff=True),
            "identity_until": timezone.localdate() + timedelta(days=365),
        }
    return Official.objects.create(user=user, region=region, **values | fields)


def make_assistant(official: Official, user: User | None = None) -> Assistant:
    return Assistant.objects.create(official=official, user=user or make_user())


def make_curator(prefecture: Region | None = None, **fields) -> User:
    """A staff member who may edit `prefecture`."""
    user = make_user(is_staff=True, **fields)
    Curator.objects.create(user=user, prefecture=prefecture or make_prefecture())
    return user


def make_category(slug: str = "nuts", **fields) -> Category:
    values = {"name_zh": "坚果", "name_en": "Nuts"} | fields
    return Category.objects.get_or_create(slug=slug, defaults=values)[0]


def make_producer(region: Region | None = None, **fields) -> Producer:
    number = next(_numbers)
    values = {
        "name_zh": f"青山合作社{number}",
        "name_en": f"Green Hill Cooperative {number}",
        "identity_until": timezone.localdate() + timedelta(days=365),
    }
    return Producer.objects.create(region=region or make_county(), **values | fields)


def make_product(
    *,
    county: Region | None = None,
    stock: int = 1000,
    history_days: int = 60,
    state: str = "listed",
    **fields,
) -> Product:
    """Listed at `list_price_fen` (9600) for `history_days`, `stock` units for everyday sale."""
    county = county or make_county()
    number = next(_numbers)
    values = {
        "sku": f"T-{number:04}",
        "name_zh": "凤山核桃",
        "name_en": "Fengshan walnut",
        "category": fields.pop("category", None) or make_category(),
        "producer": fields.pop("producer", None) or make_producer(county),
        "county": county,
        "prefecture": county.prefecture,
        "unit_zh": "3斤/袋",
        "unit_en": "1.5 kg bag",
        "net_weight_g": 1500,
        "list_price_fen": 9600,
        "producer_cost_fen": 3200,
        "packing_fen": 300,
        "freight_fen": 600,
        "shelf_life_days": 270,
        "storage": "ambient",
        "season_months": list(range(1, 13)),
        "seven_day_return": True,
    }
    with transaction.atomic():
        product = Product.objects.create(state="draft", **values | fields)
        if state == "listed" and history_days:
            since = timezone.now() - timedelta(days=history_days)
            add_price(product, product.list_price_fen, since)
        if state != "draft":
            Product.objects.filter(pk=product.pk).update(state=state)
            product.state = state
        index_products(Product.objects.filter(pk=product.pk))
        StockPool.objects.create(product=product, total=stock, available=stock)
    return product


def add_price(product: Product, price_fen: int | None, at: datetime) -> PricePoint:
    """A point of the list series in the past, as if it had been recorded then."""
    with importing_history():
        return PricePoint.objects.create(product=product, price_fen=price_fen, effective_at=at)


def make_festival(**fields) -> Festival:
    """Began ten days ago, ends in twenty; half price of the thirty days before."""
    now = timezone.now()
    values = {
        "slug": f"festival-{next(_numbers)}",
        "name_zh": "三月三好物节",
        "name_en": "Third of March Fair",
        "starts_at": now - timedelta(days=10),
        "ends_at": now + timedelta(days=20),
    }
    return Festival.objects.create(**values | fields)


def make_deal(
    product: Product | None = None,
    *,
    state: str = "approved",
    quantity: int = 100,
    **fields,
) -> Deal:
    """Half of the list price, begun an hour ago, ends in three; its pool is filled from stock."""
    product = product or make_product()
    now = timezone.now()
    values = {
        "festival": fields.pop("festival", None) or make_festival(),
        "price_fen": product.list_price_fen // 2,
        "per_person_limit": 2,
        "starts_at": now - timedelta(hours=1),
        "ends_at": now + timedelta(hours=3),
        "subsidy_payer_zh": "县财政助农专项",
        "subsidy_payer_en": "County farm-aid fund",
    } | fields
    if state == "approved":
        values.setdefault("approved_by", make_user(is_staff=True))
        values.setdefault("approved_at", now)
    with importing_history():
        deal = Deal.objects.create(product=product, state=state, quantity=quantity, **values)
        if state == "approved":
            everyday = StockPool.objects.get(product=product, deal=None)
            everyday.total -= quantity
            everyday.available -= quantity
            everyday.save()
            StockPool.objects.create(product=product, deal=deal, total=quantity, available=quantity)
    deal.refresh_from_db()
    return deal


def make_specialty(product: Product, position: int = 1, **fields) -> Specialty:
    return Specialty.objects.create(
        prefecture=product.prefecture, product=product, position=position, **fields
    )


def make_coupon(**fields) -> Coupon:
    """Ten yuan off everything, a hundred uses, one a person, on since yesterday."""
    now = timezone.now()
    values = {
        "code": f"CODE{next(_numbers):04}",
        "name_zh": "三月三满减",
        "name_en": "Third of March coupon",
        "amount_fen": None if "percent_bps" in fields and "amount_fen" not in fields else 1000,
        "total_limit": 100,
        "starts_at": now - timedelta(days=1),
        "ends_at": now + timedelta(days=10),
        "payer_zh": "自治区商务厅",
        "payer_en": "Department of Commerce",
    }
    return Coupon.objects.create(**values | fields)


def make_freight(*, producer: Producer | None = None, zones: list[dict]) -> FreightTemplate:
    """A template with these zones; `orders.domain.freight.forget()` makes it seen at once."""
    template = FreightTemplate.objects.create(name_zh="运费模板", producer=producer)
    for position, zone in enumerate(zones):
        FreightZone.objects.create(template=template, position=position, **zone)
    return template
