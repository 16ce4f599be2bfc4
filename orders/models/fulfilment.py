"""Who prepares what, which parcel holds it, and who looked at it. One producer's part of an order
is one producer's business: an order may hold lines of several."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.models.orders import EventRow, Order, OrderLine
from products.models import Producer


class Carrier(models.TextChoices):
    """Who carries parcels in mainland China; `orders.domain.carriers` knows their numbers."""

    SF = "sf", _("SF Express")
    ZTO = "zto", _("ZTO Express")
    YTO = "yto", _("YTO Express")
    STO = "sto", _("STO Express")
    YUNDA = "yunda", _("Yunda Express")
    JT = "jt", _("J&T Express")
    JD = "jd", _("JD Logistics")
    EMS = "ems", _("EMS")
    POST = "post", _("China Post parcels")
    DEPPON = "deppon", _("Deppon Express")


class Preparation(models.Model):
    """A producer has begun with their part of an order."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="preparations")
    producer = models.ForeignKey(Producer, on_delete=models.PROTECT, related_name="preparations")
    begun_at = models.DateTimeField(default=timezone.now)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "producer"], name="preparation_begins_once")
        ]

    def __str__(self) -> str:
        return f"{self.order_id} at {self.producer_id}"


class Parcel(models.Model):
    """One parcel of one order, sent by one producer. `delivered_how` says whose word it is."""

    class State(models.TextChoices):
        SHIPPED = "shipped", _("on its way")
        DELIVERED = "delivered", _("delivered")

    class Word(models.TextChoices):
        BUYER = "buyer", _("the buyer confirmed it")
        PRODUCER = "producer", _("the producer entered it")
        STAFF = "staff", _("staff entered it")
        CARRIER = "carrier", _("the carrier reported it")
        TIME = "time", _("confirmed by itself, as nobody said otherwise")

    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="parcels", verbose_name=_("order")
    )
    producer = models.ForeignKey(
        Producer, on_delete=models.PROTECT, related_name="parcels", verbose_name=_("producer")
    )
    carrier = models.CharField(max_length=8, choices=Carrier.choices, verbose_name=_("carrier"))
    tracking_number = models.CharField(max_length=32, verbose_name=_("tracking number"))
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.SHIPPED, verbose_name=_("state")
    )
    shipped_at = models.DateTimeField(default=timezone.now, verbose_name=_("sent"))
    delivered_at = models.DateTimeField(null=True, blank=True, verbose_name=_("delivered"))
    delivered_how = models.CharField(
        max_length=10, choices=Word.choices, blank=True, verbose_name=_("on whose word")
    )

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        ordering = ["shipped_at", "pk"]
        permissions = [("ship_for_producers", _("Can send parcels for the producers of a region"))]
        indexes = [
            models.Index(fields=["producer", "-shipped_at"]),
            models.Index(
                fields=["shipped_at"], condition=Q(state="shipped"), name="parcel_on_its_way"
            ),
            models.Index(fields=["carrier", "tracking_number"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "producer", "carrier", "tracking_number"],
                name="parcel_entered_once",
            ),
            models.CheckConstraint(
                condition=Q(state="shipped", delivered_at=None, delivered_how="")
                | Q(state="delivered", delivered_at__isnull=False) & ~Q(delivered_how=""),
                name="parcel_delivered_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_carrier_display()} {self.tracking_number}"

    @property
    def is_delivered(self) -> bool:
        return self.state == self.State.DELIVERED


class ParcelLine(models.Model):
    """Units of a line in a parcel. `OrderLine.shipped_quantity` is their sum, kept in step."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="contents")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="parcel_lines")
    quantity = models.PositiveIntegerField(verbose_name=_("quantity"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parcel", "line"], name="line_once_in_a_parcel"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="parcel_line_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.line_id}"


class ParcelEvent(EventRow):
    """Sent, corrected (from = to), delivered."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="events")

    class Meta(EventRow.Meta):
        verbose_name = _("step of a parcel")
        verbose_name_plural = _("steps of parcels")


class ShippingSheet(models.Model):
    """An uploaded list of what was sent, read and judged but not applied yet.

    `rows` hold order numbers, goods, carriers and tracking numbers: nobody's name or address.
    """

    class State(models.TextChoices):
        READ = "read", _("waiting for your word")
        APPLIED = "applied", _("applied")

    producer = models.ForeignKey(Producer, on_delete=models.CASCADE, related_name="shipping_sheets")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    file_name = models.CharField(max_length=120)
    rows = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State.choices, default=State.READ)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    parcels_made = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["producer", "-uploaded_at"])]

    def __str__(self) -> str:
        return self.file_name


class PortalVisit(models.Model):
    """Staff looked at a producer's orders, or somebody took buyers' addresses out of the shop.
    Written, never changed."""

    class What(models.TextChoices):
        LOOKED = "looked", _("looked at the orders")
        OPENED = "opened", _("opened an order")
        SLIPS = "slips", _("printed packing slips")
        LIST = "list", _("took the list of orders")
        MONEY = "money", _("looked at the money")
        SHIPPED = "shipped", _("sent for the producer")

    producer = models.ForeignKey(
        Producer, on_delete=models.PROTECT, related_name="visits", verbose_name=_("producer")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("by whom"),
    )
    what = models.CharField(max_length=8, choices=What.choices, verbose_name=_("what"))
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("order")
    )
    orders = models.PositiveIntegerField(default=0, verbose_name=_("orders in all"))
    is_staff = models.BooleanField(default=False, verbose_name=_("as staff"))
    at = models.DateTimeField(auto_now_add=True, verbose_name=_("when"))

    class Meta:
        verbose_name = _("look at a producer’s orders")
        verbose_name_plural = _("looks at producers’ orders")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["producer", "-at"])]

    def __str__(self) -> str:
        return f"{self.user_id} {self.what} {self.producer_id}"
