"""What may stand on the board: nobody's telephone number, account, address or name."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from livecommerce.errors import DomainError
from livecommerce.wording import clean
from livecommerce.wording.contacts import has_contact
from livecommerce.wording.normalise import fold
from streams.models.demands import Demand, DemandVoice, DemandVote

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程"
    "苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝"
    "龚邵万钱严覃武戴莫孔向汤农蒙蓝岑"
)
_ADDRESSED = re.compile(
    rf"[{_SURNAMES}](?:[一-鿿]{{0,2}})(?:先生|女士|小姐|大姐|大妈|大爷|阿姨)"
    r"|\b(?:mr|mrs|ms|miss)\.? [a-z]{2,}"
)
"""李女士, 韦小山先生, Mr Wei: a person, even one whom we do not know."""
_ID_CARD = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9x](?![0-9])")
_HOUSE = re.compile(r"[0-9]{1,4}\s?(?:号楼|栋|幢|单元|室)")
_ORDER = re.compile(r"(?<![0-9])[0-9]{9,}(?![0-9])")
SHORTEST_NAME = 2


def require_public(text: str, *, longest: int, names: Iterable[str] = ()) -> str:
    """The cleaned text. Empty is allowed. `names` are those of people who may not be told of.

    Raises DomainError: text_too_long, personal (422).
    """
    if not clean.clean_text(text[: longest * 20]):
        return ""
    said = clean.require_text(text, longest=longest)
    if is_personal(said, names=names):
        message = _(
            "All can read this: leave out names, telephone numbers, addresses and the like."
        )
        raise DomainError("personal", message)
    return said


def is_personal(text: str, *, names: Iterable[str] = ()) -> bool:
    folded = fold(text).text
    patterns = (_ADDRESSED, _ID_CARD, _HOUSE, _ORDER)
    if has_contact(text) or any(pattern.search(folded) for pattern in patterns):
        return True
    known = {fold(name).text.strip() for name in names}
    return any(name in folded for name in known if len(name) >= SHORTEST_NAME)


def names_behind(demand: Demand) -> set[str]:
    """The names of those who spoke or voted for it: of all people they are the likeliest. A name
    that is one of the goods or the place, too, is none."""
    spoke = DemandVoice.objects.filter(demand=demand, user__isnull=False)
    voted = DemandVote.objects.filter(demand=demand)
    names = set(spoke.values_list("user__display_name", flat=True)[:500])
    names |= set(voted.values_list("user__display_name", flat=True)[:500])
    common = " ".join(one.name_zh for one in (demand.product, demand.prefecture) if one is not None)
    return {name for name in names if name not in common}
