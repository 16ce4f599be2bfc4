"""Handing over: from one show of a festival's schedule to the next."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from streams.models.broadcasts import Broadcast


class Relay(models.Model):
    """announced → started, or withdrawn. Started, viewers are asked along until `goes_at`.

    `version` grows with every step; a show hands over once and is handed over to once.
    """

    class State(models.TextChoices):
        ANNOUNCED = "announced", _("announced")
        STARTED = "started", _("handing over")
        WITHDRAWN = "withdrawn", _("withdrawn")

    from_show = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="relays_out")
    to_show = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="relays_in")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ANNOUNCED)
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    announced_at = models.DateTimeField(auto_now_add=True)
    goes_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_show=F("to_show")), name="relay_to_another_show"
            ),
            models.CheckConstraint(
                condition=Q(from_show__gt=0, to_show__gt=0), name="relay_of_no_rehearsal"
            ),
            models.CheckConstraint(
                condition=~Q(state="started") | Q(goes_at__isnull=False),
                name="relay_started_has_time",
            ),
            models.UniqueConstraint(
                fields=["from_show"],
                condition=Q(state__in=["announced", "started"]),
                name="one_relay_from_a_show",
            ),
            models.UniqueConstraint(
                fields=["to_show"],
                condition=Q(state__in=["announced", "started"]),
                name="one_relay_to_a_show",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_show_id} → {self.to_show_id} ({self.state})"
