"""Officials: what is said of them, and applications for people who have an account already.

Nobody is verified by a spreadsheet, and no address of an account is ever written into one.
"""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from livecommerce.accounts.models import User
from officials.domain.verification import apply_to_host
from officials.models import Official
from products.domain.sheets import cells
from products.domain.sheets.books import Book, Cells, Codes, Column, Judged
from products.domain.sheets.cells import Cell
from products.domain.sheets.references import place_names

COLUMNS: tuple[Column, ...] = (
    Column(
        "official",
        _("official"),
        _("The last part of their page’s address; empty for a new application."),
        cells.shown(str),
        "",
        "wei-xiaoman",
        18,
    ),
    Column(
        "account",
        _("account"),
        _("For new ones only: the e-mail address they signed up with. It is never written out."),
        cells.shown(str),
        "",
        "name@example.org",
        22,
    ),
    Column(
        "name_zh",
        _("name (Chinese)"),
        _("At most 120 characters."),
        cells.text(longest=120, is_required=True),
        "name_zh",
        "韦小满",
        14,
        is_needed=True,
        is_public=True,
    ),
    Column(
        "name_en",
        _("name (English)"),
        _("At most 160 characters."),
        cells.text(longest=160),
        "name_en",
        "Wei Xiaoman",
        18,
        is_public=True,
    ),
    Column(
        "place",
        _("place"),
        _("A prefecture you look after, or one of its counties, by name or code."),
        cells.shown(str),
        "region",
        "凤山县",
        14,
        is_needed=True,
    ),
    Column(
        "post_zh",
        _("post (Chinese)"),
        _("Without the place, such as 副县长."),
        cells.text(longest=60, is_required=True),
        "post_zh",
        "副县长",
        14,
        is_needed=True,
        is_public=True,
    ),
    Column(
        "post_en",
        _("post (English)"),
        _("At most 80 characters."),
        cells.text(longest=80),
        "post_en",
        "Deputy County Head",
        20,
        is_public=True,
    ),
    Column(
        "intro_zh",
        _("introduction (Chinese)"),
        _("At most 1,000 characters."),
        cells.text(longest=1_000),
        "intro_zh",
        "",
        40,
        is_public=True,
    ),
    Column(
        "intro_en",
        _("introduction (English)"),
        _("At most 1,500 characters."),
        cells.text(longest=1_500),
        "intro_en",
        "",
        40,
        is_public=True,
    ),
    Column(
        "catchphrase_zh",
        _("catchphrase (Chinese)"),
        _("At most 60 characters."),
        cells.text(longest=60),
        "catchphrase_zh",
        "",
        24,
        is_public=True,
    ),
    Column(
        "catchphrase_en",
        _("catchphrase (English)"),
        _("At most 100 characters."),
        cells.text(longest=100),
        "catchphrase_en",
        "",
        24,
        is_public=True,
    ),
    Column(
        "state",
        _("state"),
        _("Only to look at: officials are verified one by one."),
        cells.shown(lambda state: str(Official.State(state).label)),
        width=10,
    ),
)


class OfficialBook(Book):
    columns: ClassVar[Sequence[Column]] = COLUMNS
    key: ClassVar[Sequence[str]] = ("official",)

    def open(self, rows: Sequence[Cells], *, is_locked: bool) -> None:
        slugs = {row["official"].lower() for row in rows if row["official"]}
        found = Official.objects.filter(slug__in=slugs).order_by("pk")
        if is_locked:
            found = found.select_for_update(of=("self",))
        self.officials = {row.slug: row for row in found.select_related("region__parent")}
        mails = {mail for row in rows if (mail := row.get("account", "").lower())}
        accounts = User.objects.filter(email__in=mails, is_active=True)
        self.accounts = {user.email.lower(): user for user in accounts}
        taken = Official.objects.filter(user__in=self.accounts.values())
        self.taken = set(taken.values_list("user_id", flat=True))
        self.places = place_names().cell()

    def cell(self, column: Column) -> Cell:
        return self.places if column.name == "place" else column.cell

    def judge(self, line: int, cells: Cells) -> Judged:
        slug = cells["official"].lower()
        judged = Judged(line, cells, key=slug, unique=slug)
        is_new = not slug
        row = Official() if is_new else self.officials.get(slug)
        if row is None:
            judged.refuse("official", _("There is no official with this address."))
        elif is_new:
            self._find_account(judged, row)
        elif not self.may(row.region.prefecture.code):
            judged.refuse("official", _("This official is of a prefecture you do not look after."))
        elif cells.get("account", ""):
            judged.refuse("account", _("The account of an official stays; leave this empty."))
        if row is not None and not judged.problems:
            self.compare(judged, row, self.columns, is_new=is_new)
            if row.region_id and not self.may(row.region.prefecture.code):
                judged.refuse("place", _("You do not look after this prefecture."))
            judged.name = row.name_zh
        judged.row = row
        judged.settle(is_new=is_new)
        return judged

    def _find_account(self, judged: Judged, row: Official) -> None:
        mail = judged.cells.get("account", "").lower()
        user = self.accounts.get(mail)
        if not mail:
            judged.refuse("account", _("A new official needs the address of their account."))
        elif user is None:
            judged.refuse("account", _("Nobody has signed up with this address yet."))
        elif user.pk in self.taken:
            judged.refuse(
                "account", _("This account is an official already, or stands twice here.")
            )
        else:
            self.taken.add(user.pk)
            row.user = user

    def write(self, judged: Judged) -> models.Model:
        row: Official = judged.row
        if row._state.adding:
            return apply_to_host(
                user=row.user,
                region=row.region,
                name_zh=row.name_zh,
                name_en=row.name_en,
                post_zh=row.post_zh,
                post_en=row.post_en,
                intro_zh=row.intro_zh,
                intro_en=row.intro_en,
                catchphrase_zh=row.catchphrase_zh,
                catchphrase_en=row.catchphrase_en,
            )
        by_name = {column.name: column.attr for column in self.columns}
        row.save(update_fields=[by_name[name] for name, *_rest in judged.changes])
        return row

    @classmethod
    def export(cls, codes: Codes) -> Iterator[list[str]]:
        book = cls.__new__(cls)
        book.places = place_names().cell()
        found = Official.objects.select_related("region__parent").order_by("slug")
        for row in found.iterator(1_000):
            if codes is not None and row.region.prefecture.code not in codes:
                continue
            shown_only = {
                "official": row.slug,
                "account": "",
                "state": book._told(COLUMNS[-1], row.state),
            }
            yield [
                shown_only[column.name]
                if column.name in shown_only
                else book._told(column, getattr(row, column.attr))
                for column in COLUMNS
            ]
