"""Numbers of carriers: slips of the hand are caught, in words."""

import pytest

from livecommerce.errors import DomainError
from orders.domain import carriers
from orders.models import Carrier


@pytest.mark.parametrize(
    ("carrier", "number"),
    [
        ("sf", "SF1234567890123"),
        ("sf", "sf 1234 5678 90123"),
        ("sf", "123456789012"),
        ("zto", "78123456789012"),
        ("yto", "YT2012345678901"),
        ("sto", "773012345678901"),
        ("yunda", "4312345678901"),
        ("jt", "JT5012345678901"),
        ("jd", "JDVA12345678901-1-1-"),
        ("ems", "EA123456789CN"),
        ("ems", "1234567890123"),
        ("post", "9812345678901"),
        ("deppon", "DPK361234567890"),
    ],
)
def test_numbers_in_use_pass(carrier, number):
    stored = carriers.require_number(carrier, number)

    assert stored == number.replace(" ", "").upper()


def test_full_width_digits_and_unseen_signs_are_read():
    assert (
        carriers.require_number("sf", "ＳＦ１２３４５６７８９０１２３\u200b") == "SF1234567890123"
    )


@pytest.mark.parametrize(
    ("carrier", "number", "words"),
    [
        ("sf", "", "请填写"),
        ("sf", "SF123", "SF"),
        ("yunda", "12345678901234", "13 位或 15 位"),
        ("zto", "JT5012345678901", "极兔速递"),
        ("jd", "=1+1", "JD"),
        ("ems", "A" * 200, "13 位"),
    ],
)
def test_a_slip_of_the_hand_is_said_in_words(carrier, number, words):
    with pytest.raises(DomainError) as refused:
        carriers.require_number(carrier, number)

    assert refused.value.code == "tracking_number"
    assert words in refused.value.message


@pytest.mark.parametrize(
    ("text", "carrier"),
    [
        ("顺丰", Carrier.SF),
        ("顺丰速运", Carrier.SF),
        (" sf express ", Carrier.SF),
        ("ＳＦ", Carrier.SF),
        ("中通快递", Carrier.ZTO),
        ("J&T Express", Carrier.JT),
        ("极兔", Carrier.JT),
        ("ems", Carrier.EMS),
        ("中国邮政", Carrier.POST),
        ("驿站", None),
        ("", None),
    ],
)
def test_carriers_are_known_by_what_people_write(text, carrier):
    assert carriers.find_carrier(text) == carrier


def test_every_carrier_has_rules_and_a_site():
    assert set(carriers.RULES) == set(Carrier.values)
    for carrier in Carrier:
        assert carriers.site_of(carrier).startswith("https://")
        assert carriers.find_carrier(str(carrier.label)) == carrier
