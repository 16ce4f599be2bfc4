"""schema.org data in pages: data blocks, no scripts."""

import json
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from livecommerce.context import SITE_NAME
from products.models import Festival, Product


def data_block(data: dict[str, Any]) -> SafeString:
    """As JSON that nothing in it can make the browser leave its element."""
    text = json.dumps(data, ensure_ascii=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(text)  # nosec B308 B703 -- the three characters that matter are escaped


def festival_event(request: HttpRequest, festival: Festival) -> dict[str, Any]:
    """An event that takes place online, at the festival's own address."""
    url = request.build_absolute_uri(request.path)
    return {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": festival.name,
        "description": festival.intro,
        "startDate": festival.starts_at.isoformat(),
        "endDate": festival.ends_at.isoformat(),
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
        "location": {"@type": "VirtualLocation", "url": url},
        "organizer": {
            "@type": "Organization",
            "name": str(SITE_NAME),
            "url": request.build_absolute_uri("/"),
        },
    }


def product_offer(request: HttpRequest, item: Product, offer: dict[str, Any]) -> dict[str, Any]:
    """A product with one offer. `offer`: price_fen, base_fen (struck through), is_in_stock,
    valid_from, valid_until, url."""
    prices = [_unit_price(offer["price_fen"])]
    if offer["base_fen"]:
        struck = {"priceType": "https://schema.org/StrikethroughPrice"}
        prices.append(_unit_price(offer["base_fen"]) | struck)
    told: dict[str, Any] = {
        "@type": "Offer",
        "priceCurrency": "CNY",
        "price": f"{offer['price_fen'] / 100:.2f}",
        "priceSpecification": prices,
        "availability": "https://schema.org/" + ("InStock" if offer["is_in_stock"] else "SoldOut"),
        "url": offer["url"],
        "seller": {"@type": "Organization", "name": item.producer.name},
    }
    if offer["valid_from"]:
        told["validFrom"] = offer["valid_from"].isoformat()
    if offer["valid_until"]:
        told["priceValidUntil"] = offer["valid_until"].isoformat()
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": item.name,
        "sku": item.sku,
        "description": item.description,
        "category": item.category.name,
        "offers": told,
    }
    if item.picture:
        data["image"] = request.build_absolute_uri(item.picture.large_url)
    return data


def _unit_price(fen: int) -> dict[str, Any]:
    return {
        "@type": "UnitPriceSpecification",
        "priceCurrency": "CNY",
        "price": f"{fen / 100:.2f}",
    }
