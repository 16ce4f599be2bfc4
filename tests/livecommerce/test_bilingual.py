from django.utils import translation

from livecommerce.bilingual import pick


def test_pick_follows_the_reader():
    with translation.override("zh-hans"):
        assert pick("芒果", "mango") == "芒果"
    with translation.override("en"):
        assert pick("芒果", "mango") == "mango"


def test_pick_falls_back_rather_than_show_nothing():
    with translation.override("en"):
        assert pick("芒果", "") == "芒果"
    with translation.override("zh-hans"):
        assert pick("", "mango") == "mango"
