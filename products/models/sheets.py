"""A spreadsheet that came in, row by row, until it is applied or put aside."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class SheetImport(models.Model):
    """uploaded → read → confirmed → applied; or refused, or discarded on the way.

    `data` is the file until it is read. `language` is the uploader's: values are compared and
    shown in it. Texts about the whole file (`refusal`) are kept in both languages.
    `read` again from `confirmed` when something changed meanwhile (`stale_lines`).
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("being read")
        READ = "read", _("to be looked at")
        CONFIRMED = "confirmed", _("being applied")
        APPLIED = "applied", _("applied")
        REFUSED = "refused", _("refused")
        DISCARDED = "discarded", _("put aside")

    class Kind(models.TextChoices):
        PRODUCTS = "products", _("Products")
        STOCK = "stock", _("Stock")
        DEALS = "deals", _("Deals")
        OFFICIALS = "officials", _("Officials")

    kind = models.CharField(max_length=12, choices=Kind.choices, verbose_name=_("kind"))
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.UPLOADED, verbose_name=_("state")
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="sheet_imports",
        verbose_name=_("uploaded by"),
    )
    language = models.CharField(max_length=10, default="zh-hans")
    file_name = models.CharField(max_length=120, verbose_name=_("file"))
    data = models.BinaryField(null=True, editable=False)
    fields = models.JSONField(default=list)
    refusal = models.JSONField(default=dict, blank=True)
    stale_lines = models.JSONField(default=list, blank=True)
    rows_new = models.PositiveIntegerField(default=0)
    rows_changed = models.PositiveIntegerField(default=0)
    rows_same = models.PositiveIntegerField(default=0)
    rows_problem = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    uploaded_at = models.DateTimeField(auto_now_add=True, verbose_name=_("uploaded"))
    moved_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True, verbose_name=_("applied"))

    class Meta:
        verbose_name = _("spreadsheet")
        verbose_name_plural = _("spreadsheets")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["uploaded_by", "-id"], name="sheet_by_uploader"),
            models.Index(
                fields=["moved_at"],
                condition=models.Q(state__in=["uploaded", "confirmed"]),
                name="sheet_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def rows_total(self) -> int:
        return self.rows_new + self.rows_changed + self.rows_same + self.rows_problem

    @property
    def is_waiting(self) -> bool:
        """A worker has it, or will."""
        return self.state in (self.State.UPLOADED, self.State.CONFIRMED)

    @property
    def can_apply(self) -> bool:
        has_work = bool(self.rows_new or self.rows_changed)
        return self.state == self.State.READ and has_work and not self.rows_problem

    @property
    def refusal_words(self) -> str:
        return in_this_language(self.refusal)


class SheetRow(models.Model):
    """One row of a file and what applying it would do.

    `changes`: [[field, before, after], …]; `problems` and `notices`: [[field, {language: words}]].
    """

    class Verdict(models.TextChoices):
        NEW = "new", _("new")
        CHANGED = "changed", pgettext_lazy("rows", "changed")
        SAME = "same", _("unchanged")
        PROBLEM = "problem", _("problem")

    sheet = models.ForeignKey(SheetImport, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    cells = models.JSONField(default=dict)
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    key = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=160, blank=True)
    changes = models.JSONField(default=list, blank=True)
    problems = models.JSONField(default=list, blank=True)
    notices = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["line"]
        constraints = [models.UniqueConstraint(fields=["sheet", "line"], name="sheet_line_once")]
        indexes = [models.Index(fields=["sheet", "verdict", "line"], name="sheet_row_verdict")]

    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.line}"

    @property
    def problem_words(self) -> list[str]:
        return [in_this_language(words) for _field, words in self.problems]

    @property
    def notice_words(self) -> list[str]:
        return [in_this_language(words) for _field, words in self.notices]


def in_this_language(words: dict[str, Any]) -> str:
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    return str(words.get(language, ""))
