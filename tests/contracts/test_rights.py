"""docs/rights.md is the matrix role × thing × action, and this is its test."""

from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import AnonymousUser, Permission
from django.utils import timezone
from rules.permissions import permissions

from officials.models import Curator
from orders.models import PayoutBatch, Refund, Review
from orders.models.payouts import Method
from products.models import Submission
from streams.models import Demand, RoomRole, ShowApproval
from tests.factories import (
    make_assistant,
    make_county,
    make_curator,
    make_deal,
    make_official,
    make_prefecture,
    make_producer,
    make_product,
    make_user,
)
from tests.livecommerce.accounts.people import SECRET
from tests.orders.farms import make_paid_order
from tests.streams.shows import make_show

TABLE = Path(__file__).parents[2] / "docs" / "rights.md"
NOT_OURS = ("account", "admin", "auth", "contenttypes", "mfa", "sessions")


def read_table():
    """Roles, and (rule, thing) → the roles that have a mark."""
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    roles = cells[0][2:]
    marks = {
        (rule.strip("`"), thing): {role for role, mark in zip(roles, row, strict=True) if mark}
        for rule, thing, *row in cells[2:]
    }
    return roles, marks


ROLES, MARKS = read_table()


def make_people(county, far):
    official, stranger = make_official(region=county), make_official(region=far)
    boss = {"is_staff": True}
    people = {
        "viewer": AnonymousUser(),
        "buyer": make_user(),
        "other buyer": make_user(),
        "official": official.user,
        "other official": stranger.user,
        "assistant": make_assistant(official).user,
        "helper": make_user(),
        "other assistant": make_assistant(stranger).user,
        "moderator": make_user(),
        "curator": make_curator(county.prefecture),
        "other curator": make_curator(far.prefecture),
        "producer": make_user(),
        "other producer": make_user(),
        "treasurer": make_user(**boss),
        "admin": make_user(**boss, is_superuser=True),
    }
    rights = Permission.objects.filter(codename__in=["make_payouts", "approve_payouts"])
    people["treasurer"].user_permissions.set(rights)
    for name in ("treasurer", "admin"):
        TOTP.activate(people[name], SECRET)
    RoomRole.objects.create(user=people["moderator"], role=RoomRole.Role.MODERATOR)
    return official, people


def make_things(county, official, people):
    farm = make_producer(county, user=people["producer"])
    curators_farm = make_producer(county, user=people["curator"])
    make_producer(make_county("450123"), user=people["other producer"])
    product = make_product(county=county, producer=farm)
    show = make_show(host=official)
    RoomRole.objects.create(user=people["helper"], role=RoomRole.Role.PINS, broadcast=show)
    order = make_paid_order((product, 1), buyer=people["buyer"])
    own = make_paid_order((product, 1), buyer=people["curator"])
    due = timezone.now() + timedelta(days=1)
    application = make_official(verified=False, region=county, user=people["curator"])
    demand = Demand.objects.create(
        state="assigned",
        prefecture=county.prefecture,
        gist="运费",
        title_zh="运费便宜些",
        official=official,
        published_at=due,
        assigned_at=due,
        due_at=due,
    )
    return {
        "county": county,
        "official": official,
        "own application of the curator": application,
        "product": product,
        "producer": farm,
        "submission": make_submission(product, people["producer"], due),
        "submission of the curator": make_submission(
            make_product(county=county, producer=farm), people["curator"], due
        ),
        "deal": make_deal(product),
        "deal on the curator's own goods": make_deal(
            make_product(county=county, producer=curators_farm)
        ),
        "deal that the curator proposed": make_deal(
            make_product(county=county, producer=farm), proposed_by=people["curator"]
        ),
        "show": show,
        "proposal of the official": propose(show, official.user, due),
        "proposal of the curator": propose(make_show(host=official), people["curator"], due),
        "demand": demand,
        "order": order,
        "review of the buyer": Review.objects.create(
            line=order.lines.get(), product=product, author=order.buyer, stars=5
        ),
        "refund": make_refund(order, farm),
        "refund of the curator": make_refund(own, farm),
        "payout of the treasurer": PayoutBatch.objects.create(
            number="PAY-1", method=Method.BANK, made_by=people["treasurer"]
        ),
    }


def make_submission(product, by, due):
    return Submission.objects.create(product=product, submitted_by=by, due_at=due)


def propose(show, by, due):
    return ShowApproval.objects.create(
        broadcast=show, state="proposed", proposed_by=by, proposed_at=due, due_at=due
    )


def make_refund(order, farm):
    return Refund.objects.create(
        payment=order.payments.get(),
        key=f"ask:{order.pk}",
        origin=Refund.Origin.REQUEST,
        producer=farm,
        amount_fen=100,
        cause=Refund.Cause.BAD_FRUIT,
    )


@pytest.mark.django_db
def test_everyone_may_do_what_the_table_says_and_no_more():
    county, far = make_county(), make_county("450110")
    make_prefecture("450100")
    official, people = make_people(county, far)
    things = make_things(county, official, people)
    assert Curator.objects.count() == 2
    assert set(ROLES) == set(people)
    wrong = []
    for (rule, thing), marked in MARKS.items():
        may = {role for role in ROLES if people[role].has_perm(rule, things[thing])}
        wrong += [f"{role} may {rule} of {thing}: not in the table" for role in may - marked]
        wrong += [f"{role} may not {rule} of {thing}: in the table" for role in marked - may]
    assert wrong == []


@pytest.mark.django_db
def test_whoever_is_locked_out_may_nothing():
    county, far = make_county(), make_county("450110")
    official, people = make_people(county, far)
    things = make_things(county, official, people)
    for user in people.values():
        user.is_active = False
    may = [
        (role, rule)
        for (rule, thing) in MARKS
        for role in ROLES
        if people[role].has_perm(rule, things[thing])
    ]
    assert may == []


def test_the_table_names_every_rule():
    assert {rule for rule, _ in MARKS} == {
        name for name in permissions if not name.startswith(NOT_OURS)
    }
