"""The doctor knows of differences that nobody has closed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from livecommerce.management.commands.doctor import examine_books
from orders.domain import differences
from orders.models import Difference, Reconciliation
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_an_open_difference_is_said_and_a_closed_one_is_not():
    assert list(examine_books()) == []
    differences.report(kind="balance", key="k", subject="s")

    (finding,) = examine_books()
    assert "1 differences" in finding.what
    assert finding.is_bearable

    Difference.objects.update(closed_at=timezone.now(), closed_by=make_user(), reason="x")
    assert list(examine_books()) == []


def test_nights_without_a_comparison_are_said():
    run = Reconciliation.objects.create(since=timezone.now(), finished_at=timezone.now())
    assert list(examine_books()) == []

    Reconciliation.objects.filter(pk=run.pk).update(finished_at=timezone.now() - timedelta(days=3))
    assert "two nights" in next(examine_books()).what
