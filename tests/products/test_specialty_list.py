"""A prefecture's list: two curators at once, the book, and taking changes back."""

import pytest
from django.utils import timezone

from livecommerce import audit
from livecommerce.audit.models import AuditEntry
from livecommerce.errors import DomainError
from products.domain import curation_history, specialty_list
from products.domain.curation_gaps import not_in_list, rows_of
from products.models import ProductImage, Specialty
from tests.factories import (
    make_county,
    make_curator,
    make_deal,
    make_prefecture,
    make_producer,
    make_product,
    make_specialty,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return make_prefecture()


@pytest.fixture
def curator(place):
    return make_curator(place)


@pytest.fixture
def three(place):
    return [make_specialty(make_product(), position) for position in (1, 2, 3)]


def order_of(place):
    rows = Specialty.objects.filter(prefecture=place).order_by("position")
    return list(rows.values_list("pk", flat=True))


def newest(place):
    return curation_history.changes_of(place).first()


def refusal(act, **named):
    with pytest.raises(DomainError) as refused:
        act(**named)
    return refused.value.code, refused.value.status


def test_order_is_set_and_recorded(place, curator, three):
    first, second, third = three
    new = [third.pk, first.pk, second.pk]
    version = specialty_list.set_order(prefecture=place, by=curator, order=new, version=1)
    assert (version, order_of(place)) == (2, new)
    entry = newest(place)
    assert entry.before == {"order": [one.product_id for one in (first, second, third)]}
    assert entry.after == {"order": [one.product_id for one in (third, first, second)]}


def test_a_stale_order_is_refused_and_loses_nothing(place, curator, three):
    ids = [one.pk for one in three]
    mine = {"prefecture": place, "by": curator, "version": 1}
    specialty_list.move(**mine, specialty_id=ids[0], step=1)
    kept = order_of(place)
    assert refusal(specialty_list.set_order, **mine, order=ids[::-1]) == ("list_changed", 409)
    assert refusal(specialty_list.remove, **mine, specialty=three[0]) == ("list_changed", 409)
    assert order_of(place) == kept


@pytest.mark.parametrize("order", [[], [1], "twice", "foreign"])
def test_an_order_names_each_once(place, curator, three, order):
    ids = [one.pk for one in three]
    asked = {"twice": [ids[0], ids[0], ids[1]], "foreign": [*ids[:2], 10**9]}.get(str(order), order)
    told = {"prefecture": place, "by": curator, "order": asked, "version": 1}
    assert refusal(specialty_list.set_order, **told) == ("list_changed", 409)


def test_a_note_that_somebody_changed_is_not_overwritten(curator, three):
    words = {"note_zh": "新米", "note_en": "New rice", "season_months": [9, 10]}
    specialty_list.edit(specialty=three[0], by=curator, version=1, **words)
    late = {"specialty": three[0], "by": curator, "version": 1, **words}
    assert refusal(specialty_list.edit, **late) == ("note_changed", 409)
    assert three[0].version == 2


def test_another_prefectures_curator_changes_nothing_and_is_written_down(place, three):
    other = make_curator(make_prefecture("450100"))
    told = {"prefecture": place, "by": other, "order": [one.pk for one in three], "version": 1}
    assert refusal(specialty_list.set_order, **told) == ("not_curator", 403)
    assert AuditEntry.objects.filter(actor=other, is_refused=True).count() == 1


def test_goods_of_another_prefecture_do_not_come_in(place, curator):
    theirs = make_product(county=make_county("450110"))
    asked = {"prefecture": place, "by": curator, "product": theirs, "version": 1}
    assert refusal(specialty_list.add, **asked)[0] == "other_prefecture"


# --- taking back ------------------------------------------------------------------------------


def test_an_order_is_taken_back_and_that_too(place, curator, three):
    before = order_of(place)
    specialty_list.set_order(prefecture=place, by=curator, order=before[::-1], version=1)
    colleague = make_curator(place)
    curation_history.undo(prefecture=place, by=colleague, entry_id=newest(place).pk)
    assert order_of(place) == before
    undoing = newest(place)
    assert undoing.actor == colleague
    curation_history.undo(prefecture=place, by=curator, entry_id=undoing.pk)
    assert order_of(place) == before[::-1]
    told = curation_history.told(list(curation_history.changes_of(place)))
    assert [one.is_undone for one in told] == [False, True, True]


def test_a_removal_is_taken_back_to_its_place_with_its_words(place, curator, three):
    words = {"note_zh": "薄皮", "note_en": "Thin", "season_months": [11]}
    specialty_list.edit(specialty=three[1], by=curator, version=1, **words)
    specialty_list.remove(prefecture=place, by=curator, specialty=three[1], version=1)
    curation_history.undo(prefecture=place, by=curator, entry_id=newest(place).pk)
    back = Specialty.objects.get(prefecture=place, product=three[1].product)
    assert (back.position, back.note_zh, back.season_months) == (2, "薄皮", [11])
    curation_history.undo(prefecture=place, by=curator, entry_id=newest(place).pk)
    assert not Specialty.objects.filter(product=three[1].product).exists()


def test_a_note_is_taken_back_where_nothing_came_between(place, curator, three):
    row, rest = three[0], {"note_en": "", "season_months": []}
    specialty_list.edit(specialty=row, by=curator, version=1, note_zh="一", **rest)
    first = newest(place)
    specialty_list.edit(specialty=row, by=curator, version=2, note_zh="二", **rest)
    asked = {"prefecture": place, "by": curator}
    assert refusal(curation_history.undo, **asked, entry_id=first.pk) == ("changed_since", 409)
    curation_history.undo(**asked, entry_id=newest(place).pk)
    row.refresh_from_db()
    assert row.note_zh == "一"
    curation_history.undo(**asked, entry_id=first.pk)
    assert refusal(curation_history.undo, **asked, entry_id=first.pk) == ("undone_already", 409)
    row.refresh_from_db()
    assert row.note_zh == ""


def test_only_changes_of_this_list_are_taken_back(place, curator, three):
    foreign = audit.record(actor=curator, action="officials.verify", subject=place)
    asked = {"prefecture": place, "by": curator}
    assert refusal(curation_history.undo, **asked, entry_id=foreign.pk) == ("no_such_change", 404)


# --- what is missing --------------------------------------------------------------------------


def test_gaps_name_what_is_missing(place):
    months = [one for one in range(1, 13) if one != timezone.localdate().month]
    producer = make_producer(identity_until=None)
    bad = make_product(stock=0, producer=producer, description_zh="好", season_months=months)
    good = make_product()
    ProductImage.objects.create(product=good, file="a.webp")
    make_deal(good)
    for position, product in enumerate((bad, good), start=1):
        make_specialty(product, position)
    first, second = rows_of(place)
    assert set(first.gaps) == {"deal", "stock", "picture", "season", "words", "identity"}
    assert second.gaps == []


@pytest.mark.parametrize("number", [1, 12])
def test_gaps_take_as_many_queries(place, django_assert_num_queries, number):
    for position in range(1, number + 1):
        make_specialty(make_product(), position)
    with django_assert_num_queries(6):
        rows_of(place)


def test_what_is_on_sale_and_not_in_the_list_is_offered(place):
    inside, outside = make_product(), make_product()
    make_specialty(inside)
    assert list(not_in_list(place)) == [outside]
