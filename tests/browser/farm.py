"""A farm's desk with something of everything, for the pages that are opened in a browser."""

from datetime import timedelta

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from livecommerce.accounts.models import User
from orders.domain import desks, parcels, reviews, shipping_sheet
from products.models import Product
from tests.orders.farms import make_goods, make_paid_order, sf, units_of
from tests.orders.journeys import deliver


def make_desk(farmer: User, product: Product, viewer: User) -> dict[str, object]:
    """`farmer` gets the product's farm; `viewer` buys, receives and reviews. Fields of `World`."""
    TOTP.activate(farmer, generate_totp_secret())
    RecoveryCodes.activate(farmer)
    farm = product.producer
    farm.user = farmer
    farm.save()
    more = make_goods(farm, name_zh="东兰墨米", name_en="Donglan black rice")
    late = make_paid_order((product, 2), (more, 1), ago=timedelta(days=5))
    make_paid_order((more, 3), ago=timedelta(hours=30))
    fresh = make_paid_order((product, 1))
    parts = make_paid_order((product, 3), (more, 1), buyer=viewer)
    for number, quantities in enumerate(((1, 0), (2, 0))):
        parcels.ship(
            order=parts,
            producer=farm,
            actor=farmer,
            carrier="sf",
            tracking_number=sf(number),
            units=units_of(parts, *quantities),
        )
    arrived = deliver(make_paid_order((product, 1), (more, 1), buyer=viewer))
    line, other = arrived.lines.select_related("order__buyer", "product").order_by("pk")
    row = reviews.review(line=line, author=viewer, stars=4, text="果子大小均匀，没有坏的。")
    reviews.reply(review=row, producer=farm, actor=farmer, text="谢谢！")
    reviews.review(line=other, author=viewer, stars=5, text="香")
    rows = [f"{late.number},顺丰,SF1", f"{fresh.number},中通,78123456789012", "不存在,顺丰,"]
    data = "\n".join(["订单号,快递公司,快递单号", *rows]).encode()
    desk = desks.desk_of(farmer, farm.pk)
    assert desk is not None
    sheet = shipping_sheet.read(desk=desk, file_name="发货.csv", data=data)
    return {
        "farmer": farmer,
        "producer": farm.pk,
        "to_send": late.number,
        "sheet": sheet.pk,
        "parts": parts.number,
        "arrived": arrived.number,
        "line": line.pk,
    }
