"""Rights as predicates: `user.has_perm("streams.curate_demand", demand)` and so on."""

# The package has annotations here and there only.
# mypy: disable-error-code="no-untyped-call,untyped-decorator"

from typing import Any

from rules.permissions import add_perm
from rules.predicates import predicate

from livecommerce.accounts.models import User
from streams.domain import demand_rights, show_approval
from streams.domain.roles import standing_of
from streams.models import Broadcast, Demand, ShowApproval


@predicate
def may_curate_demand(user: User, demand: Demand | None) -> bool:
    return demand is not None and demand_rights.may_curate_demand(user, demand)


@predicate
def may_answer_demand(user: User, demand: Demand | None) -> bool:
    return demand is not None and demand_rights.may_answer_demand(user, demand)


def _stands(claim: str) -> Any:
    """What `Standing` says of this person in this show."""

    @predicate(claim)
    def holds(user: User, show: Broadcast | None) -> bool:
        return show is not None and bool(getattr(standing_of(user, show), claim))

    return holds


@predicate
def may_judge_show(user: User, approval: ShowApproval | None) -> bool:
    return approval is not None and show_approval.may_judge(user, approval)


IN_A_SHOW = {
    "streams.cancel_show": "may_cancel",
    "streams.end_show": "may_end",
    "streams.moderate_room": "may_moderate",
    "streams.name_show_assistants": "may_name",
    "streams.pin_product": "may_pin",
    "streams.publish_picture": "may_publish",
    "streams.run_draw": "may_draw",
    "streams.run_show": "may_run",
    "streams.see_console": "may_see_console",
    "streams.see_figures": "may_see_figures",
}

for name, claim in IN_A_SHOW.items():
    add_perm(name, _stands(claim))
add_perm("streams.curate_demand", may_curate_demand)
add_perm("streams.answer_demand", may_answer_demand)
add_perm("streams.approve_show", may_judge_show)
