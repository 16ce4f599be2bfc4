"""Sheets for the tests: made of rows, sent in, worked on as a worker would."""

import csv
import io

from livecommerce.sheets.reading import read_rows
from products.domain.sheets import imports, taking
from products.domain.sheets.limits import LIMITS
from products.models import SheetImport, SheetRow


def csv_of(*rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def send(user, kind, *rows, data=None, name="x.csv", work=True):
    """A sheet, read by a worker unless `work` is false."""
    sheet = imports.upload(
        user=user, kind=kind, file_name=name, data=data or csv_of(*rows), start=lambda pk: None
    )
    return work_on(sheet) if work else sheet


def work_on(sheet):
    imports.work_on(sheet.pk)
    return SheetImport.objects.get(pk=sheet.pk)


def apply(sheet):
    assert imports.confirm(sheet=sheet, start=lambda pk: None)
    return work_on(sheet)


def exported(user, kind, form="csv"):
    """The rows of an export as lists, the heading first."""
    data = taking.export(user=user, kind=kind, form=form)
    return [row.cells for row in read_rows(data, name=f"x.{form}", limits=LIMITS)]


def counts(sheet):
    return (sheet.rows_new, sheet.rows_changed, sheet.rows_same, sheet.rows_problem)


def problems(sheet):
    """(line, column, words) of each problem."""
    return [
        (row.line, field, words["zh-hans"])
        for row in sheet.rows.filter(verdict=SheetRow.Verdict.PROBLEM)
        for field, words in row.problems
    ]


def fields_at_fault(sheet):
    return [(line, field) for line, field, _words in problems(sheet)]
