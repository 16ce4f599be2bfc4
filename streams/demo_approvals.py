"""Shows of the demo's own prefecture on their way to their approval: one waits, one was sent back,
one is approved. The show that the demo's official goes live with needs none."""

from django.db import transaction

from livecommerce.accounts.models import User
from officials.demo import CURATOR, OFFICIAL
from products.demo.approvals import PREFECTURE
from streams.domain import show_approval
from streams.domain.run_of_show_plan import plan_from_shelf
from streams.domain.show_declarations import asked_of, declare
from streams.models import Broadcast, ShowApproval

STEPS = ("waiting", "returned", "approved")
_WORDS = "合作社理事长是我的堂兄，本人没有入股。"
_REASON = "第二段讲稿里的“最甜”请改掉，再报一次。"


@transaction.atomic
def seed_approvals() -> int:
    """Once; needs the demo's curator and planned shows."""
    curator = User.objects.filter(email=CURATOR).first()
    if curator is None or ShowApproval.objects.exists():
        return 0
    shows = (
        Broadcast.objects.filter(
            state=Broadcast.State.SCHEDULED, is_demo=False, region__parent=PREFECTURE
        )
        .exclude(host__user__email=OFFICIAL)
        .select_related("host__user", "region__parent")
        .order_by("-scheduled_at")[: len(STEPS)]
    )
    made = 0
    for show, step in zip(shows, STEPS, strict=False):
        _walk(show, step, curator)
        made += 1
    return made


def _walk(show: Broadcast, step: str, curator: User) -> None:
    host = show.host.user
    if not show.segments.exists():
        plan_from_shelf(broadcast=show, by=host)
    producers = [one.producer.pk for one in asked_of(show)]
    answers = dict.fromkeys(producers, (False, ""))
    if producers and step == "waiting":
        answers[producers[0]] = (True, _WORDS)
    declare(broadcast=show, by=host, answers=answers)
    approval = show_approval.propose_show(broadcast=show, by=host, note="请审阅讲稿和价格。")
    if step == "returned":
        show_approval.return_show(approval=approval, by=curator, reason=_REASON)
    elif step == "approved":
        seen = show_approval.fingerprint(show)
        show_approval.approve_show(approval=approval, by=curator, seen=seen)
