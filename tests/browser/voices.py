"""The public's voice as the pages show it: a suggestion, something late, something told."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from livecommerce.accounts.models import User
from livecommerce.notifications import unsubscribing
from officials.models import Official
from streams.domain import demand_reading
from streams.domain.demand_hearing import Source
from streams.models import Broadcast, Demand
from tests.factories import make_product
from tests.streams.demands import answered, assigned, heard, published, vote


def make_voices(official: Official, live: Broadcast, viewer: User) -> dict[str, Any]:
    new = heard(
        "希望寄到新疆、西藏和内蒙古的核桃也能包邮",
        user=viewer,
        product=make_product(name_zh="凤山核桃"),
    )
    heard("sha tang ju", source=Source.SEARCH, key="search:s", times=23, text="sha tang ju")
    late = assigned(
        "村口到镇上的路一下雨就不通车，果子运不出来",
        official=official,
        tags=["roads", "freight"],
        details_zh="去年秋天断了三次，每次两三天。",
    )
    vote(late, 3)
    Demand.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(days=2, hours=1))
    published("盼着武鸣沃柑出家庭分享装", demand=heard("沃柑分享装", key="o"), tags=["variety"])
    to_read = answered(
        "核桃路上压碎的多", demand=heard("压碎", key="p"), official=official, tags=["packing"]
    )
    told = answered(
        "想要一斤装的小袋核桃",
        demand=heard("小袋", key="q"),
        official=official,
        tags=["variety"],
        title_en="Walnuts in small bags of 500 g",
        text="小袋装已经上架，一斤一袋，按斤算不加价。",
    )
    act = {"broadcast": live, "demand_id": told.pk, "by": official.user}
    demand_reading.begin(**act)
    demand_reading.finish(**act)
    demand_reading.begin(**act | {"demand_id": to_read.pk})
    return {
        "demand_new": new.pk,
        "demand_late": late.pk,
        "demand_told": told.pk,
        "sold_out": make_product(stock=0).sku,
        "way_out": unsubscribing.token_for(viewer, "host_live"),
    }
