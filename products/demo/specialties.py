"""Each prefecture's ordered list, with a word from its curator."""

from products.models import Product, Specialty

_NOTES = {
    "fruit": ("当季现摘，发货当天采收。", "In season, picked the day it is sent."),
    "tea": ("先喝一小包，再决定要不要整罐。", "Try a small pack before the tin."),
    "noodles": ("本地人从早吃到晚的一碗。", "What people here eat from morning to night."),
    "grain": ("新米，煮饭时少放一指水。", "New harvest: a finger less water in the pot."),
    "vegetable": ("带泥发货，保鲜更久。", "Sent with the soil on, to keep longer."),
    "meat": ("冷链到家，化冻后当天吃完。", "Cold all the way; eat the day it thaws."),
    "aquatic": ("靠海靠水，货从码头直发。", "Straight from the landing."),
    "egg": ("红树林里散养的鸭子。", "From ducks that roam the mangroves."),
    "condiment": ("家家厨房都有一罐。", "A jar of it stands in every kitchen."),
    "oil": ("冷榨，开瓶后避光。", "Cold-pressed; keep it from the light."),
    "spice": ("一小撮就够香。", "A pinch is enough."),
    "snack": ("老少都爱的小零嘴。", "Liked by old and young."),
    "nuts": ("壳薄肉满，老人小孩都剥得开。", "Thin shells, full kernels."),
    "fruit_dried": ("挂霜自然，没有添加。", "The bloom is its own; nothing is added."),
    "dried": ("泡发两小时，炖汤最好。", "Soak two hours; best in a soup."),
    "herb": ("泡水炖汤都合适。", "For tea or for soup."),
    "craft": ("一针一线都是手工，每件略有不同。", "Made by hand; no two are quite alike."),
}


def new_specialties(products: list[Product], event_skus: set[str]) -> list[Specialty]:
    """All goods of a prefecture in order: those of the 2020 event first, then as listed."""
    lists: dict[str, list[Product]] = {}
    for product in sorted(products, key=lambda p: (p.sku not in event_skus, p.sku)):
        lists.setdefault(product.prefecture_id, []).append(product)
    return [
        Specialty(
            prefecture_id=code,
            product=product,
            position=position,
            note_zh=_NOTES[product.category.slug][0],
            note_en=_NOTES[product.category.slug][1],
        )
        for code, members in lists.items()
        for position, product in enumerate(members, start=1)
    ]
