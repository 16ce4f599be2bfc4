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


def test_profile_name_must_be_readable():
    user = make_user()
    form = ProfileForm({"display_name": "\u202e\u200e\x07", "language": "en"}, instance=user)
    assert "display_name" in form.errors or form.cleaned_data["display_name"] == "\u200e"
    assert ProfileForm({"display_name": " ", "language": "en"}, instance=user).errors
    assert "language" in ProfileForm({"display_name": "覃", "language": "xx"}, instance=user).errors
