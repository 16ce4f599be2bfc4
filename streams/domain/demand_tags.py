"""What a demand is probably about, by word lists. A suggestion: staff correct it."""

from functools import cache

from livecommerce.wording.matcher import WordList
from streams.models.demands import DemandVoice, Tag

WORDS: dict[Tag, tuple[str, ...]] = {
    Tag.FREIGHT: (
        *("运费", "邮费", "包邮", "快递费", "免邮", "发货", "多久到", "几天到", "快递", "物流费"),
        *("freight", "postage", "delivery fee", "shipping fee", "free shipping", "shipping"),
    ),
    Tag.PRICE: (
        *("价格", "太贵", "贵了", "便宜", "优惠", "打折", "折扣", "降价", "多少钱", "补贴"),
        *("price", "expensive", "cheaper", "discount", "coupon", "cost"),
    ),
    Tag.QUALITY: (
        *("质量", "品质", "坏果", "烂", "发霉", "不新鲜", "新鲜", "酸", "口感", "农药", "检测"),
        *("quality", "rotten", "mouldy", "fresh", "spoiled", "pesticide", "tested"),
    ),
    Tag.VARIETY: (
        *("品种", "有没有", "想要", "希望有", "上新", "小份", "小包装", "规格", "口味", "种类"),
        *("variety", "smaller pack", "other kinds", "do you have", "bring"),
    ),
    Tag.SUPPLY: (
        *("有货", "没货", "缺货", "卖完", "售罄", "补货", "到货", "抢不到", "库存"),
        *("sold out", "in stock", "out of stock", "restock", "back in stock"),
    ),
    Tag.PACKING: (
        *("包装", "礼盒", "泡沫", "冰袋", "破损", "压坏", "漏", "真空"),
        *("packing", "packaging", "gift box", "ice pack", "broken", "damaged"),
    ),
    Tag.ROADS: (
        *("修路", "公路", "道路", "路不好", "通车", "进村", "冷链", "冷库", "网点", "取件点"),
        *("road", "roads", "bridge", "cold chain", "cold store", "pick-up point"),
    ),
    Tag.SERVICE: (
        *("客服", "售后", "退款", "退货", "发票", "态度", "回复", "投诉"),
        *("customer service", "after-sales", "refund", "return", "invoice", "complaint"),
    ),
}
OF_CAUSE = {
    "bad_fruit": Tag.QUALITY,
    "damaged": Tag.PACKING,
    "not_arrived": Tag.FREIGHT,
    "not_as_described": Tag.QUALITY,
}
"""Tags of the reasons people give when they want their money back."""
OF_SOURCE = {
    DemandVoice.Source.SEARCH: Tag.VARIETY,
    DemandVoice.Source.WATCH: Tag.SUPPLY,
}
MOST = 3


def tags_for(text: str, *, source: str, cause: str = "") -> list[str]:
    """At most three, by how many words speak for them; `other` where nothing does."""
    if cause:
        return [str(OF_CAUSE.get(cause, Tag.OTHER))]
    if source in OF_SOURCE:
        return [str(OF_SOURCE[DemandVoice.Source(source)])]
    counts = {tag: len(words.find(text)) for tag, words in _lists().items()}
    found = sorted((tag for tag in counts if counts[tag]), key=lambda tag: -counts[tag])
    return [str(tag) for tag in found[:MOST]] or [str(Tag.OTHER)]


@cache
def _lists() -> dict[Tag, WordList]:
    return {tag: WordList(words) for tag, words in WORDS.items()}
