"""schema.org data in pages: data blocks, no scripts."""

import json
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from livecommerce.context import SITE_NAME
from products.models import Festival


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
