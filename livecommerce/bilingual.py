"""Catalogue text is stored in Chinese and English; the reader's language chooses."""

from django.db import models
from django.utils.translation import get_language


def pick(zh: str, en: str) -> str:
    """The text in the active language, or the other one where it is missing."""
    if (get_language() or "").startswith("zh"):
        return zh or en
    return en or zh


class BilingualName(models.Model):
    """A row with `name_zh` and `name_en`; `.name` is in the reader's language."""

    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return pick(self.name_zh, self.name_en)
