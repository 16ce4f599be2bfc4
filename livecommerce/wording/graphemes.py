"""How long a text is to its reader: 👨‍👩‍👧, 🇨🇳 and é are one each.

Unicode's rules for user-perceived characters (UAX #29), as far as they matter for counting.
"""

import unicodedata

from livecommerce.wording.unseen import JOINER, is_picture

_VOWELS, _FINALS = range(0x1160, 0x11A8), range(0x11A8, 0x1200)
_LEADS = range(0x1100, 0x1160)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)


def count_graphemes(text: str) -> int:
    """The number of graphemes; 0 only for an empty text."""
    return sum(1 for _ in _starts(text))


def cut(text: str, longest: int) -> str:
    """The first `longest` graphemes, none cut in half."""
    for number, start in enumerate(_starts(text)):
        if number == longest:
            return text[:start]
    return text


def _starts(text: str) -> list[int]:
    starts: list[int] = []
    base = before = ""
    flag_letters = 0
    for place, character in enumerate(text):
        is_flag_letter = ord(character) in _FLAG_LETTERS
        completes_flag = is_flag_letter and flag_letters % 2 == 1
        if not (before and (completes_flag or _belongs(base, before, character))):
            starts.append(place)
            base = character
        flag_letters = flag_letters + 1 if is_flag_letter else 0
        before = character
    return starts


def _belongs(base: str, before: str, character: str) -> bool:
    code = ord(character)
    if character == "\n" or before in "\n\r":
        return before == "\r" and character == "\n"
    if unicodedata.category(character) in ("Mn", "Me", "Mc") or code in _TAGS:
        return True
    if character == JOINER or code in _SKIN_TONES:
        return True
    if before == JOINER:
        return _is_emoji(base) and _is_emoji(character)
    return _is_one_syllable(ord(before), code)


def _is_emoji(character: str) -> bool:
    return is_picture(character) and ord(character) not in _FLAG_LETTERS


def _is_one_syllable(before: int, code: int) -> bool:
    """Korean letters that are written as one block: lead, vowel, final."""
    is_block = 0xAC00 <= before <= 0xD7A3
    if before in _LEADS:
        return code in _LEADS or code in _VOWELS or 0xAC00 <= code <= 0xD7A3
    if before in _VOWELS or (is_block and (before - 0xAC00) % 28 == 0):
        return code in _VOWELS or code in _FINALS
    return (is_block or before in _FINALS) and code in _FINALS
