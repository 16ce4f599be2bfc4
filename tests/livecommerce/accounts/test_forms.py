"""What an address form accepts, and what it says otherwise."""

import pytest

from livecommerce.accounts import addresses
from livecommerce.accounts.forms import AddressForm, ProfileForm
from tests.factories import make_address, make_user

pytestmark = pytest.mark.django_db

GOOD = {
    "recipient": "韦小山",
    "phone": "139 1234 5678",
    "province": "广西壮族自治区",
    "city": "河池市",
    "county": "凤山县",
    "street": "凤城镇 幸福路 1 号",
}


def errors(**changes):
    form = AddressForm({**GOOD, **changes}, user=make_user())
    form.is_valid()
    return {name: list(messages) for name, messages in form.errors.items()}


def test_address_is_saved_as_the_book_keeps_it():
    user = make_user()
    form = AddressForm({**GOOD, "recipient": " 韦\u202e小山 "}, user=user)
    assert form.is_valid(), form.errors
    address = form.save()
    assert address.user == user
    assert address.snapshot() == {**GOOD, "phone": "13912345678", "recipient": "韦 小山"}


def test_address_of_another_province_city_is_refused():
    assert errors(province="广东省") == {
        "city": ["请选择该省份下的城市。"],
        "county": ["请选择该城市下的区县。"],
    }
    assert errors(county="") == {"county": ["请选择区县。"]}
    assert list(errors(province="Atlantis")) == ["province", "city", "county"]


def test_city_without_counties_needs_none():
    assert errors(province="广东省", city="东莞市", county="") == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "12345"),
        ("phone", "+852 9123 4567"),
        ("recipient", "12345678"),
        ("recipient", "<>"),
        ("street", "123"),
        ("street", "123456"),
        ("street", "路" * 161),
        ("recipient", "名" * 41),
    ],
)
def test_bad_value_is_said_beside_its_field(field, value):
    said = errors(**{field: value})
    assert list(said) == [field]
    assert len(said[field]) == 1


def test_full_book_is_said_in_the_form():
    user = make_user()
    for _ in range(addresses.LIMIT):
        make_address(user)
    form = AddressForm(GOOD, user=user)
    assert form.is_valid()
    assert form.save() is None
    assert form.non_field_errors() == ["地址簿最多存 20 个地址，请先删掉不用的。"]


def test_form_offers_what_belongs_to_the_choice():
    user = make_user()
    fresh = AddressForm(user=user)
    assert len(fresh.fields["province"].choices) == 32
    assert len(fresh.fields["city"].choices) == 1
    chosen = AddressForm(user=user, initial={"province": "北京市"})
    assert chosen.fields["city"].choices == [("北京市", "北京市")]
    assert ("海淀区", "海淀区") in chosen.fields["county"].choices
    assert not AddressForm(user=user, initial={"province": "广东省", "city": "东莞市"}).has_county


@pytest.mark.parametrize(
    "name",
    [
        " ",
        "\u202e\u200e\x07",
        "\u200b\u200d\ufeff",
        "\u3164\u115f",  # letters that are drawn as nothing
        "<>",
        "13812345678",
        "加微信guo88888",
        "taobao点com",
        "八桂官方客服",
        "主 播",
        "Admin",
        "名" * 25,
    ],
)
def test_name_that_nobody_can_read_or_that_leads_away_is_refused(name):
    form = ProfileForm({"display_name": name, "language": "en"}, instance=make_user())
    assert list(form.errors) == ["display_name"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("阿\u200b山", "阿山"),
        ("\u202e阿山\u2066", "阿山"),
        ("阿" + "\u0335" * 20, "阿" + "\u0335" * 2),
        ("<b>阿山</b>", "b 阿山 /b"),
        (" 小果\u2028农 ", "小果 农"),
        ("👨\u200d🌾果农", "👨\u200d🌾果农"),
        ("O’Brien 2号", "O’Brien 2号"),
        ("非官方粉丝团", "非官方粉丝团"),
        ("Essadmin", "Essadmin"),
    ],
)
def test_name_is_shown_without_its_traps(given, shown):
    form = ProfileForm({"display_name": given, "language": "en"}, instance=make_user())
    assert form.is_valid(), form.errors
    assert form.cleaned_data["display_name"] == shown


def test_those_who_work_for_the_shop_may_say_so():
    staff = make_user(is_staff=True)
    form = ProfileForm({"display_name": "八桂客服", "language": "en"}, instance=staff)
    assert form.is_valid(), form.errors


def test_language_must_be_one_of_ours():
    user = make_user()
    assert "language" in ProfileForm({"display_name": "覃", "language": "xx"}, instance=user).errors
