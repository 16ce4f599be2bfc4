"""Goods and a show on their way through the offices, to look at in a browser."""

from datetime import timedelta

from django.utils import timezone

from livecommerce.accounts.models import User
from products.domain import approvals, specialty_list
from products.models import Producer, Specialty
from streams.domain import show_approval
from streams.domain.show_declarations import asked_of, declare
from streams.models import Broadcast
from tests.factories import make_curator, make_official, make_product
from tests.streams.shows import make_show


def make_offices(*, host: User, producer_id: int) -> dict[str, object]:
    """A new product at the prefecture, a wish at the county, a change of the list, and a show of
    another official that was proposed."""
    producer = Producer.objects.select_related("user").get(pk=producer_id)
    assert producer.user is not None
    new = approvals.submit_product(
        product=make_product(state="draft", producer=producer, description_zh="今年最佳的新货"),
        by=producer.user,
        note="今年新货，请尽快安排核对，谢谢。",
    )
    approvals.check_submission(submission=new, by=host, note="看过")
    listed = producer.products.filter(state="listed").order_by("pk").first()
    assert listed is not None
    values = {"name_zh": f"{listed.name_zh}（新包装）", "list_price_fen": 8800}
    wish = approvals.propose_change(product=listed, by=producer.user, values=values)
    specialty = Specialty.objects.filter(prefecture=new.product.prefecture).order_by("pk").first()
    assert specialty is not None
    curator = make_curator(new.product.prefecture)
    told = {"by": curator, "version": specialty.version, "season_months": [1, 2]}
    specialty_list.edit(specialty=specialty, note_zh="薄皮", note_en="Thin", **told)
    show = _proposed()
    return {
        "submission": new.pk,
        "wish": wish.pk,
        "specialty": specialty.pk,
        "to_approve": show.public_id,
        "draft": make_product(state="draft", producer=producer).sku,
    }


def _proposed() -> Broadcast:
    show = make_show(
        host=make_official(), items=2, deal=True, scheduled_at=timezone.now() + timedelta(days=2)
    )
    first, second = (one.producer.pk for one in asked_of(show))
    answers = {first: (True, "合作社理事长是我的堂兄"), second: (False, "")}
    declare(broadcast=show, by=show.host.user, answers=answers)
    show_approval.propose_show(broadcast=show, by=show.host.user, note="请审阅")
    return show
