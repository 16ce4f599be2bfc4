"""Who may open a festival's wall."""

from django.db import models
from django.db.models import Q
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from products.models import Festival


def new_screen_key() -> str:
    """Twenty-four characters that nobody guesses and that can be typed at a wall."""
    return get_random_string(24, "abcdefghjkmnpqrstuvwxyz23456789")


class FestivalScreen(models.Model):
    """The setting of one wall. A festival without a row has an open one: nothing on it is secret.

    A new key shuts out who came with the old one, screens that are open included.
    """

    class Access(models.TextChoices):
        OPEN = "open", _("everyone")
        KEY = "key", _("whoever has the key")
        OFF = "off", pgettext_lazy("who may see a screen", "nobody")

    festival = models.OneToOneField(
        Festival, on_delete=models.CASCADE, related_name="screen", verbose_name=_("festival")
    )
    access = models.CharField(
        max_length=4, choices=Access.choices, default=Access.OPEN, verbose_name=_("who may look")
    )
    key = models.CharField(
        max_length=24, default=new_screen_key, editable=False, verbose_name=_("key")
    )
    changed_at = models.DateTimeField(auto_now=True, verbose_name=_("changed"))

    class Meta:
        verbose_name = _("festival screen")
        verbose_name_plural = _("festival screens")
        constraints = [
            models.CheckConstraint(condition=~Q(key=""), name="festival_screen_has_key"),
        ]

    def __str__(self) -> str:
        return f"{self.festival_id}: {self.access}"
