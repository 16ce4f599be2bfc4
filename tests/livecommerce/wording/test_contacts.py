"""Ways to reach somebody, and the many honest numbers that are none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecommerce.wording.contacts import Kind, find_contacts, has_contact

CONTACTS = {
    Kind.PHONE: """
        13812345678 | 打我电话138 1234 5678 | １３８１２３４５６７８ | 一三八一二三四五六七八
        壹叁捌 壹贰叁肆 伍陆柒捌 | 幺三八1234五六七八 | 1-3-8-1-2-3-4-5-6-7-8
        1 3 8 1 2 3 4 5 6 7 8 | 138.1234.5678 | +86 138-1234-5678 | 0086 13812345678
        ①③⑧①②③④⑤⑥⑦⑧ | 1️⃣3️⃣8️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣ | 138OOl38OOO | 13 800 138 000
        138🌟1234🌟5678 | 1\u200b3\u200b812345678 | 0778-2345678 | 010-62345678
        400-800-1234 | 4008001234 | 有事找我13812345678谢谢 | tel13812345678""",
    Kind.WECHAT: """
        微信13812345678 | 微信号：guoguo_2026 | 加我微信 nongjia88 | 加微信 | 加我v
        +V：abc12345 | ➕薇：guo12345 | vx: shanhuhou | VX guo888888 | 薇信guo88888
        wx12345678 | v信 nongfu123 | 加 v 12345678 | wechat: shanhuhou | 加個微信 | 加🇻""",
    Kind.QQ: """
        QQ 123456789 | 扣扣1234567 | q群：987654321 | ＱＱ：１２３４５６７ | qq 1 2 3 4 5 6 7""",
    Kind.LINK: """
        https://evil.example/x | http://t.cn/abc | www.evil.example | taobao.com
        shop.taobao.com/item?id=1 | taobao点com | taobao。com | taobao dot com | taobao (dot) com
        tａobao．ｃom | tаobao.com | 好货.com | abc123.vip | ￥a1b2C3d4E5f￥ | evil[.]com""",
    Kind.EMAIL: "someone@example.com | 写信到 Some.One+x@mail.example.com",
}
HONEST = """
    两件58元，三件85元 | 29.90 | 原价59.8 现价29.9 | 净重500g×12袋，共6kg | 1.5kg 3.5cm 2.5L
    2026年11月23日19:30开播 | 2026-11-23 19:30 | 2026-11-23 13:30:00 2026-11-24
    13:30-14:30 188元 | 订单号20261123130512345 | 快递单号YT1234567890123 | 顺丰SF1386543210987
    已售13800件，库存1500 | 18.8元 28.8元 38.8元 9元 | 19、29、39、49、59、9
    13.8 15.6 18.9 20.5 30 | 第一次来，第138期 | 微信支付可以吗 | 可以扫微信付款吗 | 能用微信吗
    加微信支付可以吗 | 微信支付50000元 | 微信 100000 元 | QQ糖500克 | 加VIP会员 | 加v12会员吗
    加一件 | wechat pay is accepted | wechat payment accepted | We take WeChat and Alipay.
    approx. net weight 500 g | fruit, net weight 2 kg | mango · top quality | 8点开播，点 com
    Best before 12.05.2026. | e.g. mango, lychee | No.1 | 三点cn | 5斤装，果径6.5-7.5cm
    一三五七九 | 一二三四五六七八九十 | 身份证450103199001011234 | 10000000000 | 东经107.5，北纬23.9
    我要买3箱，每箱10斤，寄到南宁 | 0.5-1.0kg | 800-1000 1200-1500 1600 | 8折 9折 7.5折
    批次 20260618 100 200 | 2026-06-18 100 200 300 | 5月20日到6月18日 | 2.5.1版本 | photo.jpg
    浓度12345678 | 5 6 7 8 9 10 11 12 13 14 15 | 海拔1300-1800米 | 13800 元 15900 元
    1500-1800元/亩，2000亩 | 谢谢！👍👍 | 你好 | @小李 回复 | 3.8 节快乐 | ¥12345678¥"""


def each(table):
    return [one.strip() for line in table.strip().split("\n") for one in line.split("|")]


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, table in CONTACTS.items() for text in each(table)]
)
def test_a_contact_is_found_however_it_is_written(kind, text):
    assert kind in [contact.kind for contact in find_contacts(text)]


@pytest.mark.parametrize("text", each(HONEST))
def test_honest_numbers_and_words_pass(text):
    assert find_contacts(text) == []


def test_a_contact_tells_where_it_stands_and_what_it_reads_as():
    text = "请打 一三八 ⑫34 5678，或看 Taobao。com/x 吧"
    phone, link = find_contacts(text)
    assert (text[phone.start : phone.end], phone.value) == ("一三八 ⑫34 5678", "13812345678")
    assert (text[link.start : link.end], link.value) == ("Taobao。com/x", "taobao。com/x")


@pytest.mark.parametrize("end", ["`,", ").", "。", "！", '"', "?"])
def test_the_sign_after_an_address_is_no_part_of_it(end):
    for address in ("https://evil.example/a?b=1", "taobao.com/x"):
        assert [one.value for one in find_contacts(f"看 {address}{end}")] == [address]


def test_the_shops_own_addresses_are_no_contacts():
    own = ["shop.example.com"]
    assert not has_contact("看 https://shop.example.com/p/x 或 m.shop.example.com", own_hosts=own)
    assert has_contact("https://shop.example.com.evil.cn/p", own_hosts=own)
    assert has_contact("https://evilshop.example.com/p", own_hosts=own)


@settings(deadline=None)
@given(st.text(st.one_of(st.characters(), st.sampled_from("0138一微信加vq@.:/点com ¥-"))))
def test_any_text_is_answered_with_spans_inside_it(text):
    contacts = find_contacts(text)
    edges = [place for contact in contacts for place in (contact.start, contact.end)]
    assert edges == sorted(edges)
    assert all(0 <= contact.start < contact.end <= len(text) for contact in contacts)


HOSTILE = """1 | a. | 13 | 微信 | a | http: | www. | 1.3 8 | o1l | 加v | -a | a@ | 好 | ¥a1 | qq1
    1!!! | q号 | a dot | (. | 好a | 1.. | a-.""".replace("\n", "|")


@pytest.mark.parametrize("piece", [one.strip() for one in HOSTILE.split("|")])
def test_a_long_hostile_text_is_answered(piece):
    """A search that tries every way to read these would not come to an end."""
    text = (piece * 20_000)[:20_000]
    assert all(text[one.start : one.end] for one in find_contacts(text))
    assert find_contacts(text + " 打 13812345678")[-1].kind in (Kind.PHONE, Kind.WECHAT)
