"""Where demands come from: unanswered questions, wishes, searches that found nothing, people who
wait for stock, and the reasons for which money went back. Sweeps; each finds its work in rows.

Of what nobody said to the public, only numbers of several people are heard (`FEWEST`): one search
or one refund would point at a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from livecommerce import ratelimit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.wording import clean
from officials.models import Region
from products.domain import search_misses, stock_watch
from products.models import Product
from streams.domain import demand_wording
from streams.domain.demand_hearing import Heard, Source, hear
from streams.models import Broadcast, Demand, DemandVoice, Question

LOOK_BACK = timedelta(days=30)
FEWEST = 3
FEWEST_VOTES = 5
"""From so many votes on a question is a demand even if it was answered in the room."""
LONGEST_WISH, SHORTEST_WISH = 100, 4
BATCH = 200


def wish(
    *, user: User, text: str, prefecture: Region | None = None, product: Product | None = None
) -> Demand:
    """Say what one wants; nobody but staff reads the words. The same words again are one voice.

    Raises DomainError: empty_text, text_too_long, wish_too_short, personal (422), too_fast (429).
    """
    said = clean.require_line(text, longest=LONGEST_WISH)
    if len(said) < SHORTEST_WISH:
        raise DomainError("wish_too_short", _("Say it in a few more words."))
    if demand_wording.is_personal(said):
        raise DomainError(
            "personal", _("Please leave out names, telephone numbers, accounts and links.")
        )
    ratelimit.require(f"wish:{user.pk}", rate=5, per=3600, burst=5)
    if product is not None:
        prefecture = product.prefecture
    return hear(
        Heard(
            source=Source.WISH,
            key=f"wish:{user.pk}:{clean.clean_line(said).casefold()}"[:120],
            gist=said,
            text=said,
            user=user,
            product=product,
            prefecture=prefecture,
        )
    )


def hear_all() -> int:
    """What the streams can hear by themselves; refund reasons are told by the orders' sweep."""
    since = timezone.localdate() - LOOK_BACK
    missed = search_misses.missed(since=since, at_least=FEWEST)
    searches = ((one.text, one.searches + one.wishes) for one in missed)
    return hear_questions() + hear_searches(searches) + hear_waiting()


def hear_questions() -> int:
    """Questions of shows that are over and had no answer, or that many wanted answered. Returns
    how many were new."""
    over = (Broadcast.State.ENDED, Broadcast.State.READY)
    rows = Question.objects.filter(
        broadcast__state__in=over,
        broadcast__rehearsal_of=None,
        broadcast__ended_at__gte=timezone.now() - LOOK_BACK,
    ).exclude(state=Question.State.REMOVED)
    wanted = rows.filter(state=Question.State.OPEN) | rows.filter(votes__gte=FEWEST_VOTES)
    found = wanted.select_related("user", "broadcast__region__parent").order_by("pk")
    known = _known(Source.QUESTION)
    fresh = [one for one in found if f"question:{one.pk}" not in known][:BATCH]
    for question in fresh:
        hear(
            Heard(
                source=Source.QUESTION,
                key=f"question:{question.pk}",
                gist=question.text,
                text=question.text,
                times=max(question.votes, 1),
                user=question.user,
                product=_named_in(question),
                prefecture=question.broadcast.region.prefecture,
            )
        )
    return len(fresh)


def _named_in(question: Question) -> Product | None:
    """The product of the show's shelf that the question names."""
    for item in question.broadcast.shelf.select_related("product"):
        if item.product.name_zh in question.text:
            return item.product
    return None


def hear_searches(found: Iterable[tuple[str, int]]) -> int:
    """`found`: normalised words for which several people found nothing, and how often."""
    heard = 0
    for words, times in found:
        said = clean.clean_line(words)[:60]
        if times < FEWEST or len(said) < 2 or demand_wording.is_personal(said):
            continue
        key = f"search:{said.casefold()}"[:120]
        hear(Heard(source=Source.SEARCH, key=key, gist=said, text=said, times=times))
        heard += 1
    return heard


def hear_waiting() -> int:
    """Goods that several people wait for."""
    waiting = stock_watch.most_waited_for(fewest=FEWEST)[:BATCH]
    for product, people in waiting:
        hear(
            Heard(
                source=Source.WATCH,
                key=f"watch:{product.pk}:{timezone.localdate():%Y-%m}",
                gist=_sold_out_words(product),
                times=people,
                product=product,
                prefecture=product.prefecture,
            )
        )
    return len(waiting)


@dataclass(frozen=True)
class Returned:
    """How many refunds of one product had this reason code in one month. Neither the people nor
    their words: the app above counts, and tells no more."""

    cause: str
    cause_label: str
    product: Product
    month: str
    times: int


def hear_refunds(returned: Iterable[Returned]) -> int:
    """Called by the orders' own sweep. Returns how many were enough to be heard."""
    heard = 0
    for one in returned:
        if one.times < FEWEST:
            continue
        hear(
            Heard(
                source=Source.REFUND,
                key=f"refund:{one.cause}:{one.product.pk}:{one.month}",
                gist=f"{one.product.name_zh}：{one.cause_label}",
                times=one.times,
                cause=one.cause,
                product=one.product,
                prefecture=one.product.prefecture,
            )
        )
        heard += 1
    return heard


def _known(source: str) -> set[str]:
    rows = DemandVoice.objects.filter(source=source, heard_at__gte=timezone.now() - 2 * LOOK_BACK)
    return set(rows.values_list("key", flat=True))


def _sold_out_words(product: Product) -> str:
    """Staff's words, as they are stored."""
    with override("zh-hans"):
        words = _("%(goods)s is sold out, and people wait for it")
        return words % {"goods": product.name_zh}
