"""Runs to reuse: a show's run kept under a name, and shows started from one."""

from collections.abc import Container

from django.db import IntegrityError, transaction
from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.wording import clean
from officials.models import Official
from streams.domain import roles, run_of_show_plan
from streams.domain.run_of_show_plan import Plan
from streams.models import Broadcast, RunTemplate, RunTemplateSegment, Segment

LONGEST_NAME = 40
MOST_TEMPLATES = 40
KEPT = ("kind", "title_zh", "title_en", "planned_minutes", "product_id", "script")


def templates_for(host: Official) -> QuerySet[RunTemplate]:
    """The host's own first, then those shared in the prefecture, with `minutes` and `parts`."""
    prefecture = host.region.prefecture
    shared = Q(is_shared=True) & (Q(host__region=prefecture) | Q(host__region__parent=prefecture))
    rows = RunTemplate.objects.filter(Q(host=host) | shared).select_related("host")
    counted = rows.annotate(parts=Count("segments"), minutes=Sum("segments__planned_minutes"))
    return counted.annotate(is_own=Q(host=host)).order_by("-is_own", "name", "pk")


def save_template(
    *, broadcast: Broadcast, by: User, name: str, is_shared: bool = False
) -> RunTemplate:
    """Keep the show's run under a name of its host's. Products stay named; deals do not, they are
    of one festival.

    Raises DomainError: not_your_show (403), run_empty, template_name_taken, too_many_templates
    (409), empty_text, text_too_long (422).
    """
    roles.require_run(by, broadcast)
    line = clean.require_line(name, longest=LONGEST_NAME)[:60]
    rows = list(Segment.objects.filter(broadcast=broadcast))
    if not rows:
        message = _("There is nothing to keep yet. Add a segment first.")
        raise DomainError("run_empty", message, status=409)
    if RunTemplate.objects.filter(host=broadcast.host).count() >= MOST_TEMPLATES:
        message = _("At most %(count)s templates, please. Delete one first.")
        raise DomainError("too_many_templates", message % {"count": MOST_TEMPLATES}, status=409)
    try:
        with transaction.atomic():
            template = RunTemplate.objects.create(
                host=broadcast.host, name=line, is_shared=is_shared, created_by=by
            )
            RunTemplateSegment.objects.bulk_create(
                RunTemplateSegment(template=template, position=place, **_values_of(row))
                for place, row in enumerate(rows, start=1)
            )
    except IntegrityError as error:
        message = _("A template of this name exists already. Choose another name.")
        raise DomainError("template_name_taken", message, status=409) from error
    return template


def use_template(*, broadcast: Broadcast, by: User, template_id: int) -> list[Segment]:
    """Add a template's segments to the show's run. A product that is not on this show's shelf is
    left out of its segment.

    Raises as `run_of_show_plan.add_segments`, or no_such_template (404).
    """
    roles.require_run(by, broadcast)
    parts = Prefetch("segments", RunTemplateSegment.objects.select_related("product"))
    found = templates_for(broadcast.host).prefetch_related(parts).filter(pk=template_id).first()
    if found is None:
        raise DomainError("no_such_template", _("This template is not here."), status=404)
    on_shelf = set(broadcast.shelf.values_list("product_id", flat=True))
    plans = [_plan_of(row, on_shelf) for row in found.segments.all()]
    return run_of_show_plan.add_segments(broadcast=broadcast, by=by, plans=plans)


def delete_template(*, broadcast: Broadcast, by: User, template_id: int) -> None:
    """Only the host's own; shows that were started from it keep their runs. Twice is once."""
    roles.require_run(by, broadcast)
    RunTemplate.objects.filter(pk=template_id, host=broadcast.host).delete()


def _values_of(row: Segment) -> dict[str, object]:
    return {name: getattr(row, name) for name in KEPT}


def _plan_of(row: RunTemplateSegment, on_shelf: Container[int | None]) -> Plan:
    return Plan(
        kind=row.kind,
        title_zh=row.title_zh,
        title_en=row.title_en,
        planned_minutes=row.planned_minutes,
        product=row.product if row.product_id in on_shelf else None,
        script=row.script,
    )
