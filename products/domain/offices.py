"""In which office somebody acts: public, as an approval is an official act."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from livecommerce.accounts.models import User
from livecommerce.bilingual import pick
from officials.models import Official, Region

MOST_PLACES = 3


def office_of(person: User | None) -> str:
    """In the language in force; empty without a person."""
    if person is None:
        return ""
    places = list(Region.objects.filter(curators__user=person).order_by("pk")[:MOST_PLACES])
    if places:
        names = pick("、", ", ").join(place.name for place in places)
        return _("curator of %(place)s") % {"place": names}
    official = Official.objects.filter(user=person, state=Official.State.VERIFIED)
    post = official.select_related("region").first()
    if post is not None:
        return post.full_post
    return _("administration of the site") if person.is_superuser else _("staff of the site")


def office_in_both(person: User) -> tuple[str, str]:
    """(Chinese, English), as it is today: to be kept with what the office did."""
    told = []
    for language in ("zh-hans", "en"):
        with override(language):
            told.append(office_of(person))
    return told[0][:200], told[1][:260]
