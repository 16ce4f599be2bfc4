"""Ways to reach somebody outside the shop, however they are written.

Telephone numbers of the mainland, WeChat and QQ, web and mail addresses. Prices, weights, dates,
counts and parcel numbers must pass: tests/livecommerce/wording/test_contacts.py keeps both lists.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from livecommerce.wording.normalise import Normalised, fold
from livecommerce.wording.tables import read_rows


class Kind(StrEnum):
    PHONE = "phone"
    WECHAT = "wechat"
    QQ = "qq"
    LINK = "link"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Contact:
    """`text[start:end]` of the text asked about, and what it reads as."""

    start: int
    end: int
    kind: Kind
    value: str


_GAP = r"[^\w\n]{0,3}"
"""What may lie between two digits: up to three signs, spaces or pictures."""
_DIGIT = r"[0-9oil]"
_MOBILE = re.compile(
    rf"(?<![0-9])(?<![0-9][-./:,~])(?:(?:\+|00)?86{_GAP})?"
    rf"(?P<number>[1il]{_GAP}[3-9](?:{_GAP}{_DIGIT}){{9}})(?![0-9])"
)
_LANDLINE = re.compile(
    r"(?<![0-9.])(?:0(?:10|2[0-9]|[3-9][0-9]{2})[-\s]?[2-9][0-9]{6,7}"
    r"|400-?[0-9]{3}-?[0-9]{4})(?![0-9])"
)
_LAYOUTS = frozenset(
    ((11,), (3, 4, 4), (3, 8), (7, 4), (4, 4, 3), (3, 3, 5), (3, 2, 2, 4), (3, 4, 2, 2), (5, 6))
)
"""How a mobile number is usually grouped. Others need one kind of gap that no list has."""
_LISTING = re.compile(r"[,、/:;~.。，：；]")

_WECHAT = r"(?:微信|[薇威卫徽]信|微心|卫星号|v信|w信|(?<![a-z])[vw]x|(?<![a-z])(?:weixin|wechat))"
_NOT_MONEY = r"(?![0-9]|\s?(?:元|块|人|件|单|份|次|名|克|斤|g|kg|ml))"
_ID_WITH_DIGIT = r"(?=[a-z_-]{0,19}[0-9])[a-z][a-z0-9_-]{5,19}"
_WECHAT_ID = re.compile(
    rf"{_WECHAT}(?:(?:号码?|id)\s?(?:[:是]|为)?\s?|\s?[:=]\s?)[a-z][a-z0-9_-]{{5,19}}"
    rf"|{_WECHAT}(?:号码?|id|是|加我?|同号)?[^\w\n]{{0,3}}(?:{_ID_WITH_DIGIT}|[1-9][0-9]{{5,11}}{_NOT_MONEY})"
    rf"|(?<![a-z])[+加]\s?[vw薇微]\s?[:\s]\s?(?:{_ID_WITH_DIGIT}|[1-9][0-9]{{5,11}}{_NOT_MONEY})"
)
_WECHAT_ASKED = re.compile(
    rf"(?:加(?:我|一?下|个|你)?的?|(?<![0-9a-z])\+)\s?(?:{_WECHAT}(?!支?付|\s?pay)|[vV](?![a-z0-9]))"
)
_QQ = re.compile(
    r"(?:(?<![a-z])qq|扣扣|企鹅号?|秋秋|(?<![a-z])q(?=群|号|:))(?:群|号码?|是)?[^\w\n]{0,3}"
    rf"[1-9](?:[ \-.]?[0-9]){{4,10}}{_NOT_MONEY}"
)
_EMAIL = re.compile(
    r"(?<![a-z0-9._+-])[a-z0-9._+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}"
)
_URL = re.compile(
    r"(?:(?<![a-z])(?:https?|ftp):/{1,2}|(?<![a-z0-9])www\.)[^\s一-鿿，。！？`]+(?<=[\w/#=&%-])"
)
_TAOBAO_CODE = re.compile(r"([¥€$£])(?=[a-z]*[0-9])(?=[0-9]*[a-z])[a-z0-9]{8,13}\1")


def find_contacts(text: str, *, own_hosts: Iterable[str] = ()) -> list[Contact]:
    """Every contact in the text, from left to right, not overlapping. Never raises.

    Addresses on `own_hosts` (the shop's own, "shop.example") are no contacts.
    """
    folded = fold(text)
    if len(folded.text) < 2:
        return []
    found = sorted(_candidates(folded, frozenset(own_hosts)), key=lambda one: (one[0], -one[1]))
    contacts: list[Contact] = []
    done = 0
    for start, end, kind, value in found:
        if start < done:
            continue
        done = end
        contacts.append(Contact(*folded.span(start, end), kind, value))
    return contacts


def has_contact(text: str, *, own_hosts: Iterable[str] = ()) -> bool:
    return bool(find_contacts(text, own_hosts=own_hosts))


Candidate = tuple[int, int, Kind, str]


def _candidates(folded: Normalised, own_hosts: frozenset[str]) -> Iterator[Candidate]:
    text = folded.text
    with_digits = text.translate(_chinese_digits())
    yield from _phones(with_digits)
    for pattern in (_WECHAT_ID, _WECHAT_ASKED):
        yield from _matches(pattern, text, Kind.WECHAT)
    yield from _matches(_QQ, with_digits, Kind.QQ)
    yield from _matches(_EMAIL, text, Kind.EMAIL)
    yield from _matches(_TAOBAO_CODE, text, Kind.LINK)
    for pattern in (_URL, _bare_domain()):
        for start, end, kind, value in _matches(pattern, text, Kind.LINK):
            if not _is_own(value, own_hosts):
                yield start, end, kind, value


def _matches(pattern: re.Pattern[str], text: str, kind: Kind) -> Iterator[Candidate]:
    for found in pattern.finditer(text):
        yield found.start(), found.end(), kind, found[0]


def _phones(text: str) -> Iterator[Candidate]:
    for found in _MOBILE.finditer(text):
        if _reads_as_mobile(found["number"]):
            digits = re.sub(r"[^0-9a-z]", "", found["number"]).translate(_DIGIT_LETTERS)
            yield found.start(), found.end(), Kind.PHONE, digits
    for found in _LANDLINE.finditer(text):
        yield found.start(), found.end(), Kind.PHONE, re.sub(r"[^0-9]", "", found[0])


_DIGIT_LETTERS = str.maketrans("oil", "011")


def _reads_as_mobile(number: str) -> bool:
    """Eleven digits grouped as people group a number, not a row of prices or times."""
    if sum(character.isdigit() for character in number) < 5:
        return False
    layout = tuple(len(run) for run in re.findall(r"[0-9a-z]+", number))
    if layout in _LAYOUTS or len(layout) >= 9:
        return True
    gaps = set(re.findall(r"[^0-9a-z]+", number))
    return len(gaps) == 1 and not _LISTING.search(gaps.pop())


@cache
def _chinese_digits() -> dict[int, str]:
    return {
        ord(character): row["plain"]
        for row in read_rows("chinese_digits")
        for character in row["look_alikes"]
    }


@cache
def _bare_domain() -> re.Pattern[str]:
    """example.com, example点com, 例子.cn – a label with a letter before an ending of the list."""
    rows = read_rows("contact_endings")
    endings = "|".join(row["ending"] for row in rows)
    strong = "|".join(row["ending"] for row in rows if row["is_strong"])
    label = r"(?<![a-z0-9.@_-])(?=[0-9.-]{0,63}[a-z])(?:[a-z0-9-]{1,63}\.){0,4}[a-z0-9-]{2,63}"
    hidden_dot = r"(?:[。·•]|\s?[(\[【]?(?:点|dot)[)\]】]?\s?|[(\[]\.[)\]]|\s?\.\s?(?=com|cn))"
    return re.compile(
        rf"(?:{label}(?:\.(?:{endings})|{hidden_dot}(?:{strong}))"
        rf"|[一-鿿]{{1,20}}\.(?:com|cn|net))(?![a-z0-9])(?:[/:?#][^\s一-鿿，。！？`]*(?<=[\w/#=&%-]))?"
    )


def _is_own(value: str, own_hosts: frozenset[str]) -> bool:
    host = re.split(r"[/:?#]", re.sub(r"^(?:https?|ftp):/{1,2}", "", value), maxsplit=1)[0]
    return any(host == own or host.endswith("." + own) for own in own_hosts)
