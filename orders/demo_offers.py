"""Seed: a few coupons of each kind, and what carriage costs where."""

from datetime import timedelta

from django.utils import timezone

from officials.models import Region
from orders.domain import freight
from orders.models import Coupon, FreightTemplate, FreightZone
from products.models import Festival, Producer

HECHI = "451200"
FAR = ["新疆维吾尔自治区", "西藏自治区"]
REMOTE = ["青海省", "内蒙古自治区", "甘肃省", "宁夏回族自治区"]
NEAR = ["广西壮族自治区", "广东省"]


def seed_coupons() -> int:
    """How many were missing."""
    now = timezone.now()
    festival = Festival.objects.filter(ends_at__gt=now).order_by("-starts_at").first()
    hechi = Region.objects.filter(code=HECHI).first()
    farm = Producer.objects.filter(region__parent=HECHI).order_by("pk").first()
    rows = [
        {
            "code": "SYS33",
            "name_zh": "三月三满 100 减 15",
            "name_en": "Third of March: ¥15 off ¥100",
            "amount_fen": 1500,
            "minimum_fen": 10_000,
            "total_limit": 5000,
            "festival": festival,
            "payer_zh": "自治区助农专项",
            "payer_en": "Regional farm-aid fund",
        },
        {
            "code": "HECHI95",
            "name_zh": "河池好物 9.5 折",
            "name_en": "5% off goods from Hechi",
            "percent_bps": 500,
            "most_fen": 2000,
            "minimum_fen": 5000,
            "total_limit": 2000,
            "is_stackable": True,
            "prefecture": hechi,
            "payer_zh": "河池市商务局",
            "payer_en": "Hechi Bureau of Commerce",
        },
        {
            "code": "NEW10",
            "name_zh": "新朋友满 50 减 10",
            "name_en": "For newcomers: ¥10 off ¥50",
            "amount_fen": 1000,
            "minimum_fen": 5000,
            "total_limit": 10_000,
            "is_public": False,
            "payer_zh": "平台",
            "payer_en": "the platform",
        },
        {
            "code": "FARM5",
            "name_zh": "合作社满 40 减 5",
            "name_en": "¥5 off ¥40 from this cooperative",
            "amount_fen": 500,
            "minimum_fen": 4000,
            "total_limit": 500,
            "is_stackable": True,
            "is_public": False,
            "producer": farm,
            "payer_zh": "县财政助农专项",
            "payer_en": "County farm-aid fund",
        },
    ]
    dates = {"starts_at": now - timedelta(days=3), "ends_at": now + timedelta(days=30)}
    made = [Coupon.objects.get_or_create(code=row["code"], defaults=row | dates)[1] for row in rows]
    return sum(made)


def seed_freight() -> int:
    """Carriage is in the price within the ordinary zones; far away it costs, and nothing that has
    to stay cold goes to the farthest. One farm of heavy goods has prices of its own."""
    own = Producer.objects.filter(region__parent=HECHI).order_by("-pk").first()
    made = _template(
        "全站通用运费",
        "Freight of the shop",
        None,
        [
            {
                "provinces": FAR,
                "first_kg_fen": 1500,
                "further_kg_fen": 600,
                "takes_cold": False,
                "reason_zh": "路上要五天以上，保证不了新鲜。",
                "reason_en": "It takes more than five days: it would not arrive fresh.",
            },
            {"provinces": REMOTE, "surcharge_fen": 1000},
            {},
        ],
    )
    if own is not None:
        made += _template(
            "大件运费",
            "Freight of heavy goods",
            own,
            [
                {"provinces": NEAR},
                {"provinces": [*FAR, *REMOTE], "first_kg_fen": 1800, "further_kg_fen": 600},
                {"first_kg_fen": 600, "further_kg_fen": 200},
            ],
        )
    freight.forget()
    return made


def _template(
    name_zh: str, name_en: str, producer: Producer | None, zones: list[dict[str, object]]
) -> int:
    template, is_new = FreightTemplate.objects.get_or_create(
        producer=producer, defaults={"name_zh": name_zh, "name_en": name_en}
    )
    if is_new:
        FreightZone.objects.bulk_create(
            FreightZone(template=template, position=position, **zone)
            for position, zone in enumerate(zones)
        )
    return int(is_new)
