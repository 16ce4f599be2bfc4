"""Lucky draws: what was promised, who took part, what came out. See docs/draws.md."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.deletion import Collector
from django.utils.translation import gettext_lazy as _

from livecommerce.bilingual import pick
from streams.models.broadcasts import REHEARSAL_MARK, Broadcast, new_public_id

ENTRY_SECONDS = (30, 1800)
PLACES = (1, 50)
MOST_MINUTES = 60
MOST_PRIZE_FEN = 50_000_00
"""RMB 50,000 for the highest prize of a draw in promotion. Anti-Unfair Competition Law
(反不正当竞争法), the article on sales with prizes; Interim Provisions on Regulating Promotional
Conduct (规范促销行为暂行规定), article 17."""
CLAIM_HOURS = 48
MOVES_A_PRIZE = 3
"""So many further people are asked for each prize that nobody takes; then it lapses."""
PLAYED_MARK = "x"
"""How the `device` of a played entrant begins; a browser's is hexadecimal."""
PLAYED_NAME = "模拟观众"


def stays_with_its_show(
    collector: Collector, field: models.ForeignKey[Any, Any], rows: Any, using: str
) -> None:
    """What belongs to the draw of a show is never deleted; what belongs to a practice draw goes
    with its rehearsal. The triggers of the tables say the same."""
    name = "broadcast__lt" if field.model._meta.model_name == "draw" else "draw__lt"
    practice = rows.filter(**{name: 0})
    kept = rows.exclude(**{name: 0})
    if kept:
        models.PROTECT(collector, field, kept, using)
    if practice:
        models.CASCADE(collector, field, practice, using)


class Draw(models.Model):
    """planned → open → closed → drawn, or withdrawn before it was opened.

    The terms never change, not even while it is planned: withdraw it and plan another. The
    database computes the list's hash when it closes and refuses a seed that is not the one
    committed to. `seed_sealed` is the seed as nobody can read it before its time.

    A rehearsal has practice draws: the same steps, the same arithmetic, and nobody gets anything.
    Their very names keep them apart, as those of rehearsals do: the id is below zero and the
    `public_id` begins with a 0.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("prepared")
        OPEN = "open", _("open")
        CLOSED = "closed", _("entries closed")
        DRAWN = "drawn", _("drawn")
        WITHDRAWN = "withdrawn", _("taken back")

    class IfUnclaimed(models.TextChoices):
        NEXT = "next", _("the next in the order gets it")
        LAPSE = "lapse", _("it lapses")

    STARTED = (State.OPEN, State.CLOSED, State.DRAWN)

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    broadcast = models.ForeignKey(Broadcast, on_delete=stays_with_its_show, related_name="draws")
    key = models.CharField(max_length=36)
    prize_zh = models.CharField(_("prize (Chinese)"), max_length=60)
    prize_en = models.CharField(_("prize (English)"), max_length=100, blank=True)
    prize_fen = models.PositiveIntegerField(_("value of one prize"))
    places = models.PositiveSmallIntegerField(_("how many prizes"), default=1)
    must_follow = models.BooleanField(_("follow the host"), default=False)
    passphrase = models.CharField(_("words to say in the chat"), max_length=20, blank=True)
    min_minutes = models.PositiveSmallIntegerField(_("minutes watched"), default=0)
    entry_seconds = models.PositiveSmallIntegerField(_("open for (seconds)"), default=180)
    if_unclaimed = models.CharField(
        _("if nobody gives an address within 48 hours"),
        max_length=5,
        choices=IfUnclaimed.choices,
        default=IfUnclaimed.NEXT,
    )
    terms_hash = models.CharField(max_length=64)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    planned_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.PLANNED)
    version = models.PositiveIntegerField(default=0)
    told_entries = models.PositiveIntegerField(default=0)

    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    announced_at = models.DateTimeField(null=True, blank=True)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    seed_hash = models.CharField(max_length=64, blank=True)
    seed_sealed = models.TextField(blank=True, editable=False)
    beacon_round = models.BigIntegerField(null=True, blank=True)
    media_start_ms = models.BigIntegerField(null=True, blank=True)

    closed_at = models.DateTimeField(null=True, blank=True)
    entries_count = models.PositiveIntegerField(_("entries"), null=True, blank=True)
    entries_hash = models.CharField(max_length=64, blank=True)

    seed = models.CharField(max_length=64, blank=True)
    beacon_value = models.CharField(max_length=64, blank=True)
    beacon_signature = models.CharField(max_length=200, blank=True)
    drawn_at = models.DateTimeField(_("drawn"), null=True, blank=True)
    media_end_ms = models.BigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("lucky draw")
        verbose_name_plural = _("lucky draws")
        ordering = ["planned_at", "pk"]
        indexes = [
            models.Index(fields=["broadcast", "-announced_at"]),
            models.Index(
                fields=["closes_at"],
                condition=Q(state__in=["open", "closed"]),
                name="draw_to_run",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "key"], name="draw_planned_once"),
            models.UniqueConstraint(
                fields=["broadcast"], condition=Q(state="open"), name="one_open_draw_a_show"
            ),
            models.CheckConstraint(
                condition=Q(prize_fen__range=(1, MOST_PRIZE_FEN)), name="draw_prize_value"
            ),
            models.CheckConstraint(condition=Q(places__range=PLACES), name="draw_places_range"),
            models.CheckConstraint(
                condition=Q(entry_seconds__range=ENTRY_SECONDS), name="draw_entry_seconds"
            ),
            models.CheckConstraint(
                condition=Q(min_minutes__lte=MOST_MINUTES), name="draw_min_minutes"
            ),
            models.CheckConstraint(
                condition=Q(pk__gt=0, broadcast__gt=0) & ~Q(public_id__startswith=REHEARSAL_MARK)
                | Q(pk__lt=0, broadcast__lt=0, public_id__startswith=REHEARSAL_MARK),
                name="practice_draw_is_a_rehearsals",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prize} × {self.places}"

    @property
    def prize(self) -> str:
        return pick(self.prize_zh, self.prize_en)

    @property
    def is_practice(self) -> bool:
        """Of a rehearsal: nobody wins anything."""
        return self.pk is not None and self.pk < 0

    @property
    def is_started(self) -> bool:
        return self.state in self.STARTED

    @property
    def is_drawn(self) -> bool:
        return self.state == self.State.DRAWN

    @property
    def entry_minutes(self) -> float:
        return self.entry_seconds / 60

    @property
    def last_rank(self) -> int:
        """Nobody behind it is asked any more."""
        moves = MOVES_A_PRIZE if self.if_unclaimed == self.IfUnclaimed.NEXT else 0
        return self.places * (1 + moves)

    def takes_entries_at(self, now: datetime) -> bool:
        return (
            self.state == self.State.OPEN
            and self.opens_at is not None
            and self.closes_at is not None
            and self.opens_at <= now < self.closes_at
        )


class DrawEntry(models.Model):
    """One a person and a draw, and one a browser. `mark` is what the public list shows:
    SHA-256 of `draw:account:nonce`, made by the database; the nonce is the entrant's own browser's.

    A practice draw takes entries of the played crowd, too: of nobody, with the number of who of
    them it is in `device`, which then stands in the mark for the account.
    """

    draw = models.ForeignKey(Draw, on_delete=stays_with_its_show, related_name="entries")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="draw_entries"
    )
    nonce = models.CharField(max_length=32)
    device = models.CharField(max_length=32, blank=True)
    mark = models.CharField(max_length=64, default="", editable=False)
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draw", "user"], name="one_draw_entry_a_person"),
            models.UniqueConstraint(
                fields=["draw", "device"],
                condition=~Q(device=""),
                name="one_draw_entry_a_browser",
            ),
            models.UniqueConstraint(fields=["draw", "mark"], name="draw_mark_once"),
            models.CheckConstraint(condition=Q(nonce__regex=r"^[0-9a-f]{32}$"), name="draw_nonce"),
        ]

    def __str__(self) -> str:
        return self.mark[:12]

    @property
    def masked_name(self) -> str:
        """What everyone may read of who it is."""
        if self.user is not None:
            return self.user.masked_name
        if self.draw_id < 0 and self.device.startswith(PLAYED_MARK):
            return f"{PLAYED_NAME} {self.device.removeprefix(PLAYED_MARK)}"
        return "*"


class DrawWinner(models.Model):
    """told → claimed → sent, or told → lapsed; in a practice draw *practice* and nothing else: it
    has no deadline, no address and nothing that is sent. The database works the rank out itself and
    refuses every other one."""

    class State(models.TextChoices):
        TOLD = "told", _("has 48 hours to give an address")
        CLAIMED = "claimed", _("gave an address")
        SENT = "sent", _("prize sent")
        LAPSED = "lapsed", _("did not take the prize")
        PRACTICE = "practice", _("drawn in a rehearsal, no prize")

    draw = models.ForeignKey(Draw, on_delete=stays_with_its_show, related_name="won")
    entry = models.OneToOneField(DrawEntry, on_delete=stays_with_its_show, related_name="won")
    rank = models.PositiveIntegerField()
    key = models.CharField(max_length=64, default="", editable=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.TOLD)
    told_at = models.DateTimeField(auto_now_add=True)
    deadline = models.DateTimeField(null=True, editable=False)
    address = models.JSONField(default=dict, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_note = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["draw", "rank"]
        indexes = [
            models.Index(fields=["deadline"], condition=Q(state="told"), name="draw_prize_waits")
        ]
        constraints = [
            models.UniqueConstraint(fields=["draw", "rank"], name="draw_rank_once"),
            models.CheckConstraint(
                condition=Q(draw__gt=0, deadline__isnull=False) & ~Q(state="practice")
                | Q(
                    draw__lt=0,
                    state="practice",
                    deadline__isnull=True,
                    address={},
                    claimed_at__isnull=True,
                    declined_at__isnull=True,
                    sent_at__isnull=True,
                    sent_note="",
                ),
                name="no_prize_in_a_rehearsal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draw_id}: {self.rank}"

    @property
    def erased_from(self) -> datetime | None:
        """When the address is no longer needed."""
        return self.sent_at and self.sent_at + timedelta(days=90)
