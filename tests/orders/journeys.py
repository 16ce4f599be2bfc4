"""Orders on their way: sent and delivered as the farm would do it, the clock turned as needed."""

import io
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from orders.domain import fulfilment, parcels
from orders.models import Order, Parcel


def picture(name="fruit.jpg", *, size=(640, 480), exif=True):
    """A photo as a phone makes it: with the place where it was taken."""
    image, out = Image.new("RGB", size, (180, 90, 40)), io.BytesIO()
    data = Image.Exif()
    if exif:
        data[0x010F] = "Phone"
        data.get_ifd(0x8825)[1] = "N"
    image.save(out, "JPEG", exif=data)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def send(order, actor=None):
    """Every line in a parcel of its producer."""
    actor = actor or order.buyer
    for line in order.lines.select_related("producer"):
        fulfilment.prepare(order=order, producer=line.producer, actor=actor)
        parcels.ship(
            order=order,
            producer=line.producer,
            actor=actor,
            carrier="sf",
            tracking_number=f"SF{1234567890000 + line.pk}",
            units={line.pk: line.quantity},
        )
    order.refresh_from_db()
    return order


def deliver(order, *, ago=timedelta(hours=1)):
    """Sent, and arrived `ago`."""
    send(order)
    at = timezone.now() - ago
    Parcel.objects.filter(order=order).update(shipped_at=at - timedelta(days=2))
    for parcel in Parcel.objects.filter(order=order):
        parcels.record_delivery(parcel=parcel, how=Parcel.Word.BUYER, at=at)
    return Order.objects.get(pk=order.pk)
