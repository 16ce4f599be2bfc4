"""What search knows beside the goods: other names, the words there are, and what was not found."""

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SearchAlias(models.Model):
    """Names for one thing (沙糖桔, 砂糖橘): whoever types one finds goods called by any other."""

    names = models.CharField(
        max_length=240,
        unique=True,
        help_text=_("two names or more for the same thing, parted by commas"),
        verbose_name=_("names"),
    )
    note = models.CharField(max_length=200, blank=True, verbose_name=_("note"))
    changed_at = models.DateTimeField(auto_now=True, verbose_name=_("changed"))

    class Meta:
        verbose_name = _("other names in search")
        verbose_name_plural = _("other names in search")
        ordering = ["names"]

    def __str__(self) -> str:
        return self.names

    def clean(self) -> None:
        if len(self.all_names) < 2:
            raise ValidationError({"names": _("Write at least two names, parted by commas.")})

    @property
    def all_names(self) -> list[str]:
        """As written, by either language's comma."""
        text = self.names
        for sign in "，、;；\n":
            text = text.replace(sign, ",")
        return [name for part in text.split(",") if (name := " ".join(part.split()))]


class SearchWord(models.Model):
    """A word of the catalogue's names and places that a mistyped word may have meant."""

    word = models.CharField(max_length=40, primary_key=True, verbose_name=_("word"))

    class Meta:
        verbose_name = _("word of the search")
        verbose_name_plural = _("words of the search")
        indexes = [
            GinIndex(name="search_word_trigrams", fields=["word"], opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.word


class SearchMiss(models.Model):
    """How often something was looked for in vain on a day. Who looked is nowhere."""

    text = models.CharField(max_length=40, verbose_name=_("looked for"))
    day = models.DateField(default=timezone.localdate, verbose_name=_("day"))
    searches = models.PositiveIntegerField(default=0, verbose_name=_("searches"))
    wishes = models.PositiveIntegerField(default=0, verbose_name=_("wishes"))

    class Meta:
        verbose_name = _("search without result")
        verbose_name_plural = _("searches without result")
        ordering = ["-day", "-searches", "text"]
        constraints = [
            models.UniqueConstraint(fields=["text", "day"], name="search_miss_once_a_day")
        ]
        indexes = [models.Index(fields=["day"], name="search_miss_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.text}"
