"""What tells a crowd from one made up, and what people say who were told to buy."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from livecommerce.machines import StepRow
from orders.models.orders import Order
from streams.models import Broadcast


class NetworkSalt(models.Model):
    """The secret that one month's network numbers are made with. It is thrown away when the month
    is over (`networks.forget_salts`): from then on nobody can try networks against the numbers."""

    month = models.DateField(unique=True)
    """Its first day."""
    salt = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class OrderNetwork(models.Model):
    """From which network an order was placed, as a number that is no address and cannot be turned
    into one: two orders of a month with the same number came from the same network."""

    order = models.OneToOneField(
        Order, on_delete=models.CASCADE, primary_key=True, related_name="network"
    )
    number = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.order_id}"


class ToldReport(models.Model):
    """“I was told to buy”: received → being looked into → confirmed or unfounded.

    Whoever wrote it is not known: no account, no address, and only the day.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        LOOKING = "looking", _("being looked into")
        CONFIRMED = "confirmed", _("confirmed and stopped")
        UNFOUNDED = "unfounded", _("nothing found")

    class Pressure(models.TextChoices):
        QUOTA = "quota", _("A number to buy was given out")
        ORDERED = "ordered", _("A superior said that one has to buy")
        WAGES = "wages", _("It is taken off wages, or counts for marks")
        OTHER = "other", _("Something else")

    broadcast = models.ForeignKey(
        Broadcast,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="told_reports",
        verbose_name=_("show"),
    )
    pressure = models.CharField(max_length=8, choices=Pressure.choices, verbose_name=_("what"))
    text = models.CharField(max_length=1000, blank=True, verbose_name=_("in their words"))
    day = models.DateField(verbose_name=_("day"))
    state = models.CharField(
        max_length=12, choices=State.choices, default=State.RECEIVED, verbose_name=_("state")
    )

    class Meta:
        verbose_name = _("report of pressure to buy")
        verbose_name_plural = _("reports of pressure to buy")
        ordering = ["-pk"]
        permissions = [("handle_told", _("may handle reports of pressure to buy"))]
        indexes = [
            models.Index(fields=["broadcast", "state"], name="told_of_a_show"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(pressure="other") | ~Q(text=""), name="told_other_in_words"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.RECEIVED, self.State.LOOKING)


class ToldStep(StepRow):
    report = models.ForeignKey(ToldReport, on_delete=models.CASCADE, related_name="steps")

    class Meta(StepRow.Meta):
        verbose_name = _("step of a report of pressure")
        verbose_name_plural = _("steps of reports of pressure")
