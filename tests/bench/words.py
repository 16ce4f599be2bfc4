"""`python -m tests.bench.words`: what finding 20,000 banned words costs a chat message.

The reference does less: a loop of `str.find` over the same words in the same messages, without
reading any disguise. Both in turns, in one process; the median round counts.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable

from livecommerce.wording.contacts import find_contacts
from livecommerce.wording.matcher import WordList
from livecommerce.wording.normalise import normalise

COMMON = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自"
    "二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变"
    "条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指"
    "几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安"
    "场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连"
    "断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属"
    "圆包火住调满县局照参红细引听该铁价严"
)


def make_words(count: int, chance: random.Random) -> list[str]:
    words: set[str] = set()
    while len(words) < count:
        words.add("".join(chance.choices(COMMON, k=chance.choice((3, 3, 4, 4, 5, 6)))))
    return sorted(words)


def make_messages(count: int, words: list[str], chance: random.Random) -> list[str]:
    """10 to 60 characters; every tenth hides a listed word behind signs."""
    messages = []
    for number in range(count):
        letters = chance.choices(COMMON + "，。！ 1258abk😀", k=chance.randint(10, 60))
        if number % 10 == 0:
            disguised = chance.choice((" ", "*", "\u200b", "🌟")).join(chance.choice(words))
            letters.insert(chance.randint(0, len(letters)), disguised)
        messages.append("".join(letters))
    return messages


def micros_a_message(work: Callable[[str], object], messages: list[str]) -> float:
    begun = time.perf_counter()
    for message in messages:
        work(message)
    return (time.perf_counter() - begun) / len(messages) * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=20_000)
    parser.add_argument("--messages", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    chance = random.Random(20_261_123)
    words = make_words(options.words, chance)
    messages = make_messages(options.messages, words, chance)
    few = messages[:: max(1, len(messages) // 50)]  # the reference takes its time

    begun = time.perf_counter()
    listed = WordList(words)
    build_ms = (time.perf_counter() - begun) * 1e3
    rounds: dict[str, list[float]] = {"find": [], "raw": [], "normalise": [], "contacts": []}
    for _ in range(options.rounds):
        rounds["find"].append(micros_a_message(listed.find, messages))
        rounds["raw"].append(
            micros_a_message(lambda text: [word for word in words if text.find(word) >= 0], few)
        )
        rounds["normalise"].append(micros_a_message(normalise, messages))
        rounds["contacts"].append(micros_a_message(find_contacts, messages))
    median = {name: statistics.median(values) for name, values in rounds.items()}
    print(
        json.dumps(
            {
                "words": len(words),
                "messages": len(messages),
                "found": sum(len(listed.find(message)) for message in messages),
                "build_ms": round(build_ms, 1),
                "us_a_message": round(median["find"], 1),
                "us_of_it_normalising": round(median["normalise"], 1),
                "us_raw_find_loop": round(median["raw"], 1),
                "over_raw_find_loop": round(median["raw"] / median["find"], 1),
                "us_contacts": round(median["contacts"], 1),
            }
        )
    )


if __name__ == "__main__":
    main()
