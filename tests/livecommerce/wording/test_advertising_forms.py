"""Advertising law in forms: what is forbidden is said beside its field, with the rule."""

from django import forms

from livecommerce.wording import advertising
from livecommerce.wording.advertising_forms import AdvertisingChecked


class TitleForm(AdvertisingChecked, forms.Form):
    public_texts = ("title",)
    title = forms.CharField(required=False)
    note = forms.CharField(required=False)


class TickedForm(TitleForm):
    words_may_stay = forms.BooleanField(required=False)


def test_check_is_the_whole_check():
    text = "全国最好的国家级特产"
    assert advertising.check(text) == advertising.check_advertising(text)
    assert advertising.check(text)


def test_a_forbidden_word_is_refused_with_its_law():
    form = TitleForm({"title": "全国最好的沙糖桔", "note": "最好"})
    assert not form.is_valid()
    assert list(form.errors) == ["title"]
    words = form.errors["title"][0]
    finding = advertising.forbidden_in("全国最好的沙糖桔")[0]
    assert finding.word in words
    assert finding.law in words


def test_plain_words_pass():
    assert TitleForm({"title": "凤山核桃 三斤装", "note": ""}).is_valid()
    assert TitleForm({"title": ""}).is_valid()


def test_who_has_looked_at_the_words_may_let_them_stay():
    assert not TickedForm({"title": "全国最好的沙糖桔"}).is_valid()
    assert TickedForm({"title": "全国最好的沙糖桔", "words_may_stay": "on"}).is_valid()


def test_forbidden_words_are_blotted_out_where_nobody_can_be_asked():
    blotted = advertising.without_forbidden("全国最好的沙糖桔")
    assert len(blotted) == len("全国最好的沙糖桔")
    assert blotted.endswith("沙糖桔")
    assert "最好" not in blotted
    assert not advertising.forbidden_in(blotted)
    assert advertising.without_forbidden("凤山核桃") == "凤山核桃"
