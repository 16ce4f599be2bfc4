"""Words for the codes the catalogue stores: storage, cold chain, protected origin, months."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STORAGE = {
    "ambient": _("Keep cool and dry"),
    "chilled": _("Keep chilled, 0–8 °C"),
    "frozen": _("Keep frozen, −18 °C"),
    "live_chilled": _("Alive; keep chilled and eat soon"),
}
COLD_CHAIN = {
    "none": _("Ordinary parcel"),
    "chilled": _("Chilled, with ice packs"),
    "frozen": _("Frozen, with ice packs"),
    "live_chilled": _("Alive and chilled, 24–48 hours"),
}
PROTECTED_ORIGIN = {
    "GI protected": _("Geographical indication, protected"),
    "agricultural-product GI": _("Geographical indication of farm produce"),
    "GI trademark": _("Geographical indication, trade mark"),
}
OTHER_STANDING = {
    "local specialty": _("Local specialty"),
    "intangible heritage craft": _("Intangible cultural heritage"),
}
MONTHS = {
    1: pgettext_lazy("month", "Jan"),
    2: pgettext_lazy("month", "Feb"),
    3: pgettext_lazy("month", "Mar"),
    4: pgettext_lazy("month", "Apr"),
    5: pgettext_lazy("month", "May"),
    6: pgettext_lazy("month", "Jun"),
    7: pgettext_lazy("month", "Jul"),
    8: pgettext_lazy("month", "Aug"),
    9: pgettext_lazy("month", "Sep"),
    10: pgettext_lazy("month", "Oct"),
    11: pgettext_lazy("month", "Nov"),
    12: pgettext_lazy("month", "Dec"),
}
SORTS = {
    "best": pgettext_lazy("sorting", "Best match"),
    "new": pgettext_lazy("sorting", "Newest"),
    "cheap": pgettext_lazy("sorting", "Cheapest first"),
    "dear": pgettext_lazy("sorting", "Dearest first"),
    "discount": pgettext_lazy("sorting", "Largest discount"),
}
