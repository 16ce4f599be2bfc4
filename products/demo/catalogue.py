"""Categories, producers and the products of `products/data/products.csv`."""

import csv
from pathlib import Path

from livecommerce.money import split
from officials.models import Region
from products.models import Category, Producer, Product

DATA = Path(__file__).resolve().parent.parent / "data"

CATEGORIES = (
    ("fruit", "鲜果", "Fresh fruit"),
    ("tea", "茶叶", "Tea"),
    ("noodles", "米粉", "Rice noodles"),
    ("grain", "粮米", "Grain"),
    ("vegetable", "蔬菜", "Vegetables"),
    ("meat", "肉禽", "Meat and poultry"),
    ("aquatic", "水产", "Fish and seafood"),
    ("egg", "蛋类", "Eggs"),
    ("condiment", "酱料调味", "Sauces and condiments"),
    ("oil", "食用油", "Cooking oil"),
    ("spice", "香料", "Spices"),
    ("snack", "小吃零食", "Snacks"),
    ("nuts", "坚果", "Nuts"),
    ("fruit_dried", "果干", "Dried fruit"),
    ("dried", "山珍干货", "Dried mountain goods"),
    ("herb", "药食同源", "Herbs"),
    ("craft", "手工非遗", "Crafts"),
)
_COOPERATIVE = {
    "fruit": ("果业", "Fruit"),
    "fruit_dried": ("果业", "Fruit"),
    "tea": ("茶业", "Tea"),
    "craft": ("手工坊", "Craft"),
    "aquatic": ("水产", "Fishery"),
    "meat": ("养殖", "Livestock"),
    "egg": ("养殖", "Livestock"),
}
_HOUSES = (
    ("山泉边", "Springside"),
    ("稻花里", "Rice Flower"),
    ("木棉树下", "Kapok"),
    ("歌圩", "Songfair"),
    ("铜鼓岭", "Bronze Drum"),
    ("风雨桥", "Wind and Rain Bridge"),
    ("三月坡", "March Hill"),
)
_NOTES_ZH = {
    "declare ripeness": "生鲜：发货前说明成熟度与斤两误差，坏果按约定时限赔付。",
    "declare weight tolerance": "生鲜：发货前说明斤两误差，坏损按约定赔付。",
    "Ship frozen": "加冰袋冷冻发货，收到已化冻可拒收。",
    "Ship chilled": "加冰袋冷藏发货。",
    "Live shellfish": "鲜活贝类：当日冷藏发出，只送次日可达的地区。",
}
_COLD_CHAIN = {
    "none": "none",
    "chilled 0-8C": "chilled",
    "frozen -18C": "frozen",
    "live, chilled, 24-48 h courier": "live_chilled",
}
_ALIASES = {
    "百色芒果": "杧果 桂七芒 香芒",
    "柳州螺蛳粉": "螺狮粉 嗦粉",
    "桂林米粉": "嗦粉 卤粉",
    "北海生蚝": "牡蛎 海蛎子",
    "钦州大蚝": "牡蛎 生蚝",
    "六堡茶": "黑茶 槟榔香",
    "容县沙田柚": "柚子 蜜柚",
    "永福罗汉果": "神仙果",
    "荔浦芋": "芋头 槟榔芋",
    "贺州香芋": "芋头",
    "南宁火龙果": "红心火龙果 pitaya pitahaya",
    "凤山核桃": "胡桃",
    "来宾古法红糖": "黑糖 brown sugar",
    "巴马火麻油": "长寿油",
    "靖西绣球": "壮族绣球 定情信物",
    "东兴红姑娘红薯": "番薯 地瓜",
}


def rows() -> list[dict[str, str]]:
    with (DATA / "products.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def seed_categories() -> dict[str, Category]:
    Category.objects.bulk_create(
        [
            Category(slug=slug, name_zh=zh, name_en=en, position=position)
            for position, (slug, zh, en) in enumerate(CATEGORIES, start=1)
        ],
        ignore_conflicts=True,
    )
    return {category.slug: category for category in Category.objects.all()}


def new_products() -> list[Product]:
    """Unsaved drafts for the rows whose SKU is not there yet, their producers saved."""
    known = set(Product.objects.values_list("sku", flat=True))
    missing = [row for row in rows() if row["sku"] not in known]
    if not missing:
        return []
    categories = seed_categories()
    regions = Region.objects.in_bulk()
    producers = _producers(missing, regions)
    return [_product(row, categories, regions, producers[_house(row)]) for row in missing]


def _house(row: dict[str, str]) -> tuple[str, str]:
    """A producer stands for one place and one trade."""
    trade = _COOPERATIVE.get(row["category"], ("农产", "Farm"))[0]
    return row["county_code"] or row["prefecture_code"], trade


def _producers(
    missing: list[dict[str, str]], regions: dict[str, Region]
) -> dict[tuple[str, str], Producer]:
    made: dict[tuple[str, str], Producer] = {}
    for row in missing:
        key = _house(row)
        if key in made:
            continue
        region = regions[key[0]]
        number = (int(region.code) + len(made)) % len(_HOUSES)
        house_zh, house_en = _HOUSES[number]
        trade_zh, trade_en = _COOPERATIVE.get(row["category"], ("农产", "Farm"))
        place = region.short_zh or region.name_zh
        made[key] = Producer(
            region=region,
            name_zh=f"{place}{house_zh}{trade_zh}专业合作社",
            name_en=f"{house_en} {trade_en} Cooperative, {region.name_en}",
            story_zh=(
                f"{region.name_zh}的农户合办，{12 + number * 9} 户社员，"
                "统一挑选、统一发货，售后自己负责。"
            ),
            story_en=(
                f"Run by {12 + number * 9} households of {region.name_en}, who pick, pack and"
                " answer for their goods together."
            ),
            payout_account=f"demo-{region.code}-{number}",
        )
    Producer.objects.bulk_create(made.values())
    return made


def _months(text: str) -> list[int]:
    """`11-3` goes over the new year; `all` is every month."""
    if text == "all":
        return list(range(1, 13))
    first, last = (int(part) for part in text.split("-"))
    length = (last - first) % 12 + 1
    return [(first - 1 + step) % 12 + 1 for step in range(length)]


def _fen(yuan: str) -> int:
    whole, _, cents = yuan.partition(".")
    return int(whole) * 100 + int((cents + "00")[:2])


def _note_zh(note_en: str) -> str:
    return "".join(zh for words, zh in _NOTES_ZH.items() if words in note_en)


def _product(
    row: dict[str, str],
    categories: dict[str, Category],
    regions: dict[str, Region],
    producer: Producer,
) -> Product:
    price = _fen(row["list_price_cny"])
    cost, packing, freight, _platform = split(price, _weights(row))
    county = regions.get(row["county_code"])
    place = county or regions[row["prefecture_code"]]
    note = row["fulfilment_note"]
    return Product(
        sku=row["sku"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        category=categories[row["category"]],
        producer=producer,
        prefecture=regions[row["prefecture_code"]],
        county=county,
        unit_zh=row["unit_zh"],
        unit_en=row["unit_en"],
        description_zh=(
            f"产自{place.name_zh}，{producer.name_zh}挑选发货。"
            f"{row['unit_zh']}，净重约 {int(row['net_weight_g']) / 1000:g} 公斤。"
        ),
        description_en=(
            f"From {place.name_en}, picked and packed by {producer.name_en}."
            f" {row['unit_en']}, about {int(row['net_weight_g']) / 1000:g} kg net."
        ),
        aliases=_ALIASES.get(row["name_zh"], ""),
        net_weight_g=int(row["net_weight_g"]),
        list_price_fen=price,
        producer_cost_fen=cost,
        packing_fen=packing,
        freight_fen=freight,
        shelf_life_days=int(row["shelf_life_days"]),
        storage=row["storage"],
        cold_chain=_COLD_CHAIN[row["cold_chain"]],
        season_months=_months(row["season_months"]),
        seven_day_return=row["seven_day_return"] == "Y",
        gi_status=row["gi_status"],
        fulfilment_note_zh=_note_zh(note),
        fulfilment_note_en=note,
        fact_basis=row["fact_basis"],
        state=Product.State.DRAFT,
    )


def _weights(row: dict[str, str]) -> list[int]:
    """Parts of the list price: producer, packing, freight, platform and margin. Cold costs more."""
    heavy = min(int(row["net_weight_g"]) // 1000, 5)
    cold = 5 if row["cold_chain"] != "none" else 0
    freight = 4 + heavy + cold
    return [34, 3, freight, 63 - freight]
