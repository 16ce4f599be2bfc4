"""Who watched a show and for how long, who looked at which product, and how many were there when.

Written by a sweep while a show is on the air (`streams.domain.watching`); reports are counted from
these rows. A person is a number that only this installation can make (`watching.number_of`): rows
tell the same person from another, and nobody's name.
"""

from django.db import models
from django.db.models import F, Q

from products.models import Product
from streams.models.broadcasts import Broadcast


class ShowWatch(models.Model):
    """When a show was looked at last: the compare-and-set that makes each look count once."""

    broadcast = models.OneToOneField(
        Broadcast, on_delete=models.CASCADE, primary_key=True, related_name="watch"
    )
    looked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.broadcast_id} @ {self.looked_at:%H:%M:%S}"


class ShowVisitor(models.Model):
    """One person in one show. `visits` counts who came back after more than five minutes again;
    `seconds` is the time they were seen there."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="visitors")
    person = models.BigIntegerField()
    visits = models.PositiveIntegerField(default=1)
    seconds = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "person"], name="one_visitor_a_show"),
            models.CheckConstraint(
                condition=Q(visits__gt=0, last_at__gte=F("first_at")), name="visitor_was_there"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id}: {self.seconds} s"


class ShowLook(models.Model):
    """One person opened the buy sheet of one product in one show, for the first time at `at`."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="looks")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    person = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["broadcast", "product", "person"], name="one_look_a_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id}: {self.product_id}"


class ShowMoment(models.Model):
    """How many people were in the room at a look."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="moments")
    at = models.DateTimeField()
    viewers = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "at"], name="one_moment_a_look")
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id} {self.at:%H:%M:%S}: {self.viewers}"
