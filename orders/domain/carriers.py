"""Who carries parcels, what their numbers look like, and where a buyer can follow them.

The shapes catch slips of the hand (a digit short, the wrong carrier chosen), not forgeries:
carriers publish no complete rule, so each is as wide as the numbers in use.
"""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livecommerce.errors import DomainError
from orders.models import Carrier

_NOT_IN_NUMBERS = re.compile(r"[\s\u200b-\u200f\ufeff·.,，。：:_]+")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
LONGEST = 32


@dataclass(frozen=True)
class Rules:
    """`shape` matches a whole number in capitals; `example` is what it says in words."""

    shape: re.Pattern[str]
    looks_like: Promise
    site: str
    names: tuple[str, ...]
    """What people write in a spreadsheet for it, in lower case."""


def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


RULES: dict[str, Rules] = {
    Carrier.SF: Rules(
        _shape(r"SF[0-9]{12,13}|[0-9]{12}"),
        gettext_lazy("“SF” and 12 or 13 digits, or 12 digits"),
        "https://www.sf-express.com/",
        ("顺丰", "顺丰速运", "顺丰快递", "顺丰冷运", "sf", "sf express"),
    ),
    Carrier.ZTO: Rules(
        _shape(r"[0-9]{12,15}"),
        gettext_lazy("12 to 15 digits"),
        "https://www.zto.com/",
        ("中通", "中通快递", "中通速递", "zto", "zto express"),
    ),
    Carrier.YTO: Rules(
        _shape(r"YT[0-9]{13,15}|[A-Z][0-9]{9,12}|[0-9]{10,13}|[0-9]{18}"),
        gettext_lazy("“YT” and 13 to 15 digits"),
        "https://www.yto.net.cn/",
        ("圆通", "圆通速递", "圆通快递", "yto", "yto express"),
    ),
    Carrier.STO: Rules(
        _shape(r"(?:STO)?[0-9]{12,15}"),
        gettext_lazy("12 to 15 digits"),
        "https://www.sto.cn/",
        ("申通", "申通快递", "sto", "sto express"),
    ),
    Carrier.YUNDA: Rules(
        _shape(r"[0-9]{13}|[0-9]{15}"),
        gettext_lazy("13 or 15 digits"),
        "https://www.yundaex.com/",
        ("韵达", "韵达快递", "韵达速递", "yunda", "yunda express"),
    ),
    Carrier.JT: Rules(
        _shape(r"JT[0-9]{13,15}"),
        gettext_lazy("“JT” and 13 to 15 digits"),
        "https://www.jtexpress.cn/",
        ("极兔", "极兔速递", "极兔快递", "jt", "j&t", "j&t express"),
    ),
    Carrier.JD: Rules(
        _shape(r"JD[0-9A-Z]{10,16}(?:-[0-9]{1,3}){0,2}-?"),
        gettext_lazy("“JD” and 10 to 16 letters or digits"),
        "https://www.jdl.com/",
        ("京东", "京东物流", "京东快递", "jd", "jdl", "jd logistics"),
    ),
    Carrier.EMS: Rules(
        _shape(r"[A-Z]{2}[0-9]{9}[A-Z]{2}|[0-9]{13}"),
        gettext_lazy("13 digits, or two letters, nine digits and two letters"),
        "https://www.ems.com.cn/",
        ("ems", "邮政ems", "邮政特快", "邮政速递", "特快专递"),
    ),
    Carrier.POST: Rules(
        _shape(r"[A-Z]{2}[0-9]{9}[A-Z]{2}|[0-9]{13}"),
        gettext_lazy("13 digits, or two letters, nine digits and two letters"),
        "https://www.chinapost.com.cn/",
        ("邮政", "中国邮政", "邮政包裹", "邮政快递包裹", "邮政小包", "china post"),
    ),
    Carrier.DEPPON: Rules(
        _shape(r"DPK[0-9]{12}|[0-9]{8,12}"),
        gettext_lazy("“DPK” and 12 digits, or 8 to 12 digits"),
        "https://www.deppon.com/",
        ("德邦", "德邦快递", "德邦物流", "deppon", "deppon express"),
    ),
}


def find_carrier(text: str) -> Carrier | None:
    """The carrier somebody means by `顺丰`, `SF` or `sf express`."""
    wanted = " ".join(text.translate(_FULL_WIDTH).lower().split())
    for code, rules in RULES.items():
        carrier = Carrier(code)
        if wanted in (code, carrier.label.lower(), *rules.names):
            return carrier
    return None


def require_carrier(text: str) -> Carrier:
    """Raises DomainError `carrier` (422)."""
    carrier = find_carrier(text)
    if carrier is None:
        raise DomainError("carrier", _("Choose who carries the parcel."))
    return carrier


def clean_number(text: str) -> str:
    """As it is stored: capitals and digits without spaces, dots and invisible signs."""
    return _NOT_IN_NUMBERS.sub("", text.translate(_FULL_WIDTH)).upper()


def require_number(carrier: str, text: str) -> str:
    """The number as it is stored. Raises DomainError `tracking_number` (422) in plain words."""
    number = clean_number(text)
    name = Carrier(carrier).label
    if not number:
        raise DomainError("tracking_number", _("Enter the tracking number of the parcel."))
    if len(number) <= LONGEST and RULES[carrier].shape.fullmatch(number):
        return number
    likely = [Carrier(code).label for code, rules in RULES.items() if _is_surely(number, rules)]
    if likely:
        message = _("This looks like a number of %(other)s, not of %(carrier)s.") % {
            "other": likely[0],
            "carrier": name,
        }
    else:
        message = _("A number of %(carrier)s has %(shape)s. Please look at the label again.") % {
            "carrier": name,
            "shape": RULES[carrier].looks_like,
        }
    raise DomainError("tracking_number", message)


def _is_surely(number: str, rules: Rules) -> bool:
    """Only a number with letters tells whose it is."""
    return not number.isdigit() and bool(rules.shape.fullmatch(number))


def site_of(carrier: str) -> str:
    """Where the buyer can look the number up."""
    return RULES[carrier].site
