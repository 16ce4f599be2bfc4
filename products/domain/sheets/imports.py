"""The life of a sheet that came in: uploaded → read → confirmed → applied, or refused, discarded.

A worker reads and applies; each step is one transaction that holds the sheet's row, so that two
workers never do the same, and one that is killed leaves it as it was. A sweep finds what waits.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.sheets.reading import read_rows
from livecommerce.transitions import move
from officials.domain.curation import curated_codes
from products.domain.refusals import explain
from products.domain.sheets import progress
from products.domain.sheets.books import Book, Cells, Codes, Judged, Verdict
from products.domain.sheets.headings import cells_of, find_columns
from products.domain.sheets.kinds import BOOKS
from products.domain.sheets.limits import LIMITS
from products.domain.sheets.problems import Problem, Words, in_both, in_both_of
from products.models import SheetImport, SheetRow

State = SheetImport.State
MOST_WAITING = 3
"""Sheets of one person that are being read or applied."""
MOST_ATTEMPTS = 3
STUCK_AFTER = timedelta(seconds=45)
MOST_PROBLEMS_A_ROW = 8
_BATCH = 500


class RowRefused(Exception):
    """The database or a rule refused a row while it was written; `words` in both languages."""

    def __init__(self, judged: Judged, error: DomainError) -> None:
        super().__init__(error.message)
        self.judged, self.error = judged, error
        self.words: Words = {}

    @property
    def line(self) -> int:
        return self.judged.line

    def translate(self, book: Book) -> None:
        """The reader may speak another language than the uploader: what the database refused has
        its words by its name; another rule is asked once more in each, and nothing stays of it."""

        def again() -> None:
            if isinstance(self.error.__cause__, IntegrityError):
                raise explain(self.error.__cause__)
            with transaction.atomic():
                book.write(self.judged)
                transaction.set_rollback(True)

        self.words = in_both_of(self.error, again)


def scope_of(user: User) -> Codes:
    """Prefectures whose rows the user may change; None for all."""
    return None if user.is_active and user.is_superuser else curated_codes(user)


def upload(
    *, user: User, kind: str, file_name: str, data: bytes, start: Callable[[int], object]
) -> SheetImport:
    """Keep a file until a worker reads it; `start` wakes one after the commit.

    Raises DomainError `sheet_unknown` (404), `sheets_waiting` (429), `file_too_large` (413).
    """
    if kind not in BOOKS:
        raise DomainError("sheet_unknown", str(_("There is no such kind of sheet.")), status=404)
    waiting = SheetImport.objects.filter(
        uploaded_by=user, state__in=(State.UPLOADED, State.CONFIRMED)
    )
    if waiting.count() >= MOST_WAITING:
        message = str(_("Some of your sheets are still being read. Wait for them first."))
        raise DomainError("sheets_waiting", message, status=429)
    if len(data) > LIMITS.bytes:
        message = str(_("The file is larger than %(size)s MB.")) % {"size": LIMITS.bytes // 1024**2}
        raise DomainError("file_too_large", message, status=413)
    sheet = SheetImport.objects.create(
        kind=kind,
        uploaded_by=user,
        language="en" if (get_language() or "").startswith("en") else "zh-hans",
        file_name=file_name[:120],
        data=data,
    )
    transaction.on_commit(lambda: start(sheet.pk))
    return sheet


def confirm(*, sheet: SheetImport, start: Callable[[int], object]) -> bool:
    """Say yes to what the preview showed; False if somebody did before. Applied by a worker."""
    if not sheet.can_apply:
        return False
    moved = move(sheet, "state", State.READ, State.CONFIRMED, moved_at=timezone.now(), attempts=0)
    if moved:
        transaction.on_commit(lambda: start(sheet.pk))
    return moved


def look_again(*, sheet: SheetImport, start: Callable[[int], object]) -> bool:
    """Judge the rows anew, as they would be now."""
    moved = move(sheet, "state", State.READ, State.UPLOADED, moved_at=timezone.now(), attempts=0)
    if moved:
        transaction.on_commit(lambda: start(sheet.pk))
    return moved


def discard(*, sheet: SheetImport) -> bool:
    """Put it aside; nothing of it is applied any more."""
    return move(sheet, "state", (State.READ, State.UPLOADED), State.DISCARDED, data=None)


def work_on(sheet_id: int) -> None:
    """A worker's turn: read or apply, whatever the sheet waits for; nothing if another has it."""
    if not _begin(sheet_id):
        return
    with transaction.atomic():
        sheet = (
            SheetImport.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("uploaded_by")
            .filter(pk=sheet_id, state__in=(State.UPLOADED, State.CONFIRMED))
            .first()
        )
        if sheet is None:
            return
        with override(sheet.language):
            if sheet.attempts > MOST_ATTEMPTS:
                _refuse(
                    sheet, in_both(_("This sheet could not be worked through. Send it in parts."))
                )
            elif sheet.state == State.UPLOADED:
                _read(sheet)
            else:
                _apply(sheet)
    progress.forget(sheet_id)


def waiting_too_long(*, at: datetime | None = None) -> list[int]:
    """Sheets whose worker may have died; those that are being worked on are passed over then."""
    before = (at or timezone.now()) - STUCK_AFTER
    rows = SheetImport.objects.filter(
        state__in=(State.UPLOADED, State.CONFIRMED), moved_at__lt=before
    )
    return list(rows.order_by("pk").values_list("pk", flat=True)[:50])


def _begin(sheet_id: int) -> bool:
    """Count the attempt in a transaction of its own: it must outlive a worker that is killed."""
    free = SheetImport.objects.select_for_update(skip_locked=True).filter(
        pk=sheet_id, state__in=(State.UPLOADED, State.CONFIRMED)
    )
    with transaction.atomic():
        found = list(free.values_list("pk", flat=True))
        return bool(
            SheetImport.objects.filter(pk__in=found).update(
                attempts=F("attempts") + 1, moved_at=timezone.now()
            )
        )


def _read(sheet: SheetImport) -> None:
    """From the file, or anew from the rows that were read before."""
    try:
        rows = _rows_of(sheet)
    except DomainError as error:
        _refuse(sheet, in_both_of(error, lambda: _rows_of(sheet)))
        return
    _judge_all(sheet, rows)


def _rows_of(sheet: SheetImport) -> list[tuple[int, Cells]]:
    if sheet.data is None:
        return list(sheet.rows.values_list("line", "cells"))
    heading, *rows = read_rows(bytes(sheet.data), name=sheet.file_name, limits=LIMITS)
    sheet.fields = find_columns(BOOKS[sheet.kind], heading)
    return [(row.line, cells_of(row, sheet.fields)) for row in rows]


def _judge_all(
    sheet: SheetImport,
    rows: Sequence[tuple[int, Cells]],
    *,
    stale: Sequence[int] = (),
    refused: RowRefused | None = None,
) -> None:
    """Write what each row would do, and let the sheet be looked at."""
    book = _open(sheet, [cells for _line, cells in rows], is_locked=False)
    counts = dict.fromkeys(Verdict, 0)
    sheet.rows.all().delete()
    made: list[SheetRow] = []
    for done, judged in enumerate(_judged(book, rows), start=1):
        if refused is not None and judged.line == refused.line:
            judged.problems.append(Problem("", refused.words))
            judged.verdict = Verdict.PROBLEM
        counts[judged.verdict] += 1
        made.append(_row(sheet, judged))
        progress.note(sheet.pk, done, len(rows))
    SheetRow.objects.bulk_create(made, batch_size=_BATCH)
    sheet.state, sheet.data, sheet.stale_lines = State.READ, None, list(stale)[:200]
    sheet.rows_new, sheet.rows_changed = counts[Verdict.NEW], counts[Verdict.CHANGED]
    sheet.rows_same, sheet.rows_problem = counts[Verdict.SAME], counts[Verdict.PROBLEM]
    sheet.save()


def _judged(book: Book, rows: Sequence[tuple[int, Cells]]) -> Iterator[Judged]:
    seen: dict[str, int] = {}
    for line, cells in rows:
        judged = book.judge(line, cells)
        if judged.unique:
            first = seen.setdefault(judged.unique, line)
            if first != line:
                judged.refuse(book.key[0], _("This stands in row %(line)d already."), line=first)
                judged.verdict = Verdict.PROBLEM
        yield judged


def _row(sheet: SheetImport, judged: Judged) -> SheetRow:
    return SheetRow(
        sheet=sheet,
        line=judged.line,
        cells=dict(judged.cells),
        verdict=judged.verdict,
        key=judged.key[:80],
        name=judged.name[:160],
        changes=judged.changes if judged.verdict in (Verdict.NEW, Verdict.CHANGED) else [],
        problems=[one.stored() for one in judged.problems[:MOST_PROBLEMS_A_ROW]],
        notices=[one.stored() for one in judged.notices[:MOST_PROBLEMS_A_ROW]],
    )


def _apply(sheet: SheetImport) -> None:
    """All rows or none. What is judged otherwise now than when it was looked at is not applied."""
    seen = {row.line: row for row in sheet.rows.filter(_has_work())}
    rows: list[tuple[int, Cells]] = [(line, row.cells) for line, row in seen.items()]
    book = _open(sheet, [cells for _line, cells in rows], is_locked=True)
    work = list(_judged(book, rows))
    stale = [
        judged.line
        for judged in work
        if (judged.verdict, judged.changes)
        != (seen[judged.line].verdict, seen[judged.line].changes)
    ]
    refused: RowRefused | None = None
    if not stale:
        try:
            with transaction.atomic():
                _write(sheet, book, work)
        except RowRefused as error:
            error.translate(book)
            refused = error
    if stale or refused:
        lines = stale or ([refused.line] if refused else [])
        _judge_all(
            sheet, list(sheet.rows.values_list("line", "cells")), stale=lines, refused=refused
        )
        return
    sheet.state, sheet.applied_at = State.APPLIED, timezone.now()
    sheet.save()


def _write(sheet: SheetImport, book: Book, work: Sequence[Judged]) -> None:
    app = "officials" if sheet.kind == SheetImport.Kind.OFFICIALS else "products"
    for done, judged in enumerate(work, start=1):
        try:
            subject = book.write(judged)
        except DomainError as error:
            raise RowRefused(judged, error) from error
        audit.record(
            actor=sheet.uploaded_by,
            action=f"{app}.import_{sheet.kind}",
            subject=subject,
            before={name: before for name, before, _after in judged.changes},
            after={name: after for name, _before, after in judged.changes}
            | ({"waits_for": judged.office} if judged.office else {}),
            reason=f"{sheet.file_name} · {judged.line}",
        )
        progress.note(sheet.pk, done, len(work))
    book.finish(work)
    audit.record(
        actor=sheet.uploaded_by,
        action=f"{app}.import_sheet",
        subject=sheet,
        after={"new": sheet.rows_new, "changed": sheet.rows_changed},
        reason=sheet.file_name,
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _open(sheet: SheetImport, rows: Sequence[Cells], *, is_locked: bool) -> Book:
    actor = sheet.uploaded_by
    return BOOKS[sheet.kind](actor=actor, codes=scope_of(actor), rows=rows, is_locked=is_locked)


def _has_work() -> Q:
    return Q(verdict__in=(Verdict.NEW, Verdict.CHANGED))


def _refuse(sheet: SheetImport, words: dict[str, str]) -> None:
    sheet.state, sheet.data, sheet.refusal = State.REFUSED, None, words
    sheet.save()
