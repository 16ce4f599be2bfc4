"""Seed: a run for the show that waits for the demo's official, as a host would write it, and the
template it can be started from."""

from collections.abc import Sequence

from django.db import transaction

from products.models import Product
from streams.domain import run_of_show_templates, script_check
from streams.domain.run_of_show_plan import Plan, add_segments
from streams.models import Broadcast, FlashSale, RunTemplate, SegmentKind

TEMPLATE = "三月三一小时"
ANSWERED = ("非遗", "说的是绣球技艺，不是商品；非遗代表性项目名录可查。")
"""A marked word of the script, and why it may stay: to show what an answer looks like."""
WELCOME = """大家好，欢迎来到{place}。
我在山脚下的合作社给大家直播，身后就是今年的新货。
今天一个小时：先看货，再听山歌，中间抽奖，最后回答大家的问题。
价格怎么来的，点商品页的“价格凭证”就能看到。"""
PITCH = """这是{name}，{unit}。
先看样子：倒出来，挑一个掰开，让镜头看清楚。
产地是{origin}，生产的是{producer}，地址和联系人在商品页。
怎么吃、怎么存：{keeping}
价格说清楚：不高于前三十天最低价的一半，库存在页面上，是多少就是多少。"""
SONG = """请合作社的两位大姐唱一段山歌。
歌词投在屏幕下方，听不懂壮话的朋友看字幕。"""
TALENT = """请绣娘现场绣一个小绣球。
绣球是非遗技艺，这个绣球不卖，送给一会儿抽中的朋友。
边绣边讲：十二瓣，一瓣一个月。"""
QUESTIONS = """先答票数多的问题。
不知道的就说不知道，记下来，播完在商品页回复。"""
DRAW = """规则已经写在页面上，开奖的算法谁都可以验算。
中奖的朋友四十八小时内填地址。"""
FAREWELL = """谢谢大家。
货架不关，回放过两分钟就能看。
下一场的时间在日程里，点“提醒我”。"""


@transaction.atomic
def write_run(show: Broadcast) -> None:
    """For a show without one; its flash sales begin with their products."""
    goods = [item.product for item in show.shelf.select_related("product__producer")]
    if show.segments.exists() or not goods:
        return
    by = show.host.user
    made = add_segments(broadcast=show, by=by, plans=_plans(show, goods))
    for segment in made:
        for mark in script_check.check_segment(segment).marks:
            if mark.word == ANSWERED[0]:
                script_check.clear_mark(
                    segment=segment,
                    by=by,
                    word=mark.word,
                    sentence=mark.sentence,
                    reason=ANSWERED[1],
                )
    if not RunTemplate.objects.filter(host=show.host, name=TEMPLATE).exists():
        run_of_show_templates.save_template(broadcast=show, by=by, name=TEMPLATE, is_shared=True)


def _plans(show: Broadcast, goods: Sequence[Product]) -> list[Plan]:
    sales = {sale.product_id: sale for sale in FlashSale.objects.filter(broadcast=show)}
    pitches = [_pitch(product, sales.get(product.pk)) for product in goods]
    between = [
        Plan(
            kind=SegmentKind.SONG,
            title_zh="山歌：三月三对唱",
            title_en="Hill songs for the Third of March",
            planned_minutes=4,
            script=SONG,
        ),
        Plan(
            kind=SegmentKind.TALENT,
            title_zh="绣娘绣一个小绣球",
            title_en="An embroidered ball is made",
            planned_minutes=5,
            script=TALENT,
        ),
        Plan(kind=SegmentKind.QUESTIONS, planned_minutes=6, script=QUESTIONS),
        Plan(
            kind=SegmentKind.DRAW,
            title_zh="抽奖：三个小绣球",
            title_en="Draw: three embroidered balls",
            planned_minutes=4,
            script=DRAW,
        ),
        Plan(kind=SegmentKind.BREAK, planned_minutes=2),
    ]
    first = Plan(
        title_zh="开场：今天带来什么",
        title_en="Welcome: what we bring today",
        kind=SegmentKind.TALK,
        planned_minutes=3,
        script=WELCOME.format(place=show.region.name_zh),
    )
    last = Plan(
        title_zh="收尾和下一场预告",
        title_en="Farewell, and the next show",
        kind=SegmentKind.TALK,
        planned_minutes=2,
        script=FAREWELL,
    )
    return [first, *_in_turns(pitches, between), last]


def _in_turns(pitches: Sequence[Plan], between: Sequence[Plan]) -> list[Plan]:
    """Two products, something else, two products …"""
    plans: list[Plan] = []
    rest = list(between)
    for number, pitch in enumerate(pitches, start=1):
        plans.append(pitch)
        if number % 2 == 0 and rest:
            plans.append(rest.pop(0))
    return [*plans, *rest]


def _pitch(product: Product, sale: FlashSale | None) -> Plan:
    keeping = f"看标签，保质期{product.shelf_life_days}天。"
    script = PITCH.format(
        name=product.name_zh,
        unit=product.unit_zh,
        origin=product.origin.name_zh,
        producer=product.producer.name_zh,
        keeping=keeping,
    )
    return Plan(
        kind=SegmentKind.PITCH,
        planned_minutes=4,
        product=product,
        flash_sale=sale,
        script=script,
    )
