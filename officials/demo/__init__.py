"""Seed: regions, and 54 officials whom the demo's admin has verified."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from livecommerce.accounts.models import User
from livecommerce.illustrations import Illustration, draw
from officials.demo.people import HOST_OF_THE_DEMO, PEOPLE, Person
from officials.demo.regions import seed_regions
from officials.models import Curator, Official, Region

ADMIN = "admin@demo.livecommerce.example"
OFFICIAL = "official@demo.livecommerce.example"
CURATOR = "curator@demo.livecommerce.example"
_ACCENTS = ("indigo", "vermilion", "turmeric", "leaf", "plum")


def cache_dir() -> Path:
    return Path(settings.DATA_DIR) / "cache" / "illustrations"


def portraits() -> list[Illustration]:
    """All there are, so that they can be drawn beforehand in several processes."""
    return [_portrait(person) for person in PEOPLE]


def seed(out: Callable[[str], object]) -> dict[str, int]:
    """Adds what is missing; a second run changes nothing."""
    regions = seed_regions()
    added = _seed_officials()
    curators = _seed_curator()
    out(f"officials: {len(PEOPLE)} in place, {added} of them new")
    return {"regions": regions, "officials": added, "curators": curators}


def _portrait(person: Person) -> Illustration:
    accent = _ACCENTS[int(person.region_code[2:]) % len(_ACCENTS)]
    return Illustration((person.icon,), accent, "portrait")


def _seed_officials() -> int:
    known = set(Official.objects.values_list("slug", flat=True))
    missing = [person for person in PEOPLE if person.slug not in known]
    if not missing:
        return 0
    regions = Region.objects.select_related("parent").in_bulk([p.region_code for p in missing])
    users = _users(missing)
    admin = User.objects.filter(is_superuser=True).order_by("pk").first() or users[missing[0]]
    now = timezone.now()
    Official.objects.bulk_create(
        [
            Official(
                user=users[person],
                slug=person.slug,
                region=regions[person.region_code],
                name_zh=person.name_zh,
                name_en=person.name_en,
                state=Official.State.VERIFIED,
                verified_at=now - timedelta(days=40),
                verified_by=admin,
                identity_until=_checked_until(person, number),
                catchphrase_zh=person.catchphrase_zh,
                catchphrase_en=person.catchphrase_en,
                portrait=_store(_portrait(person)),
                **_post_and_intro(person, regions[person.region_code], number),
            )
            for number, person in enumerate(missing)
        ]
    )
    return len(missing)


def _checked_until(person: Person, number: int) -> date:
    """A good year for most; one in nine is due within the month. The demo's own has time."""
    is_due = number % 9 == 4 and person.region_code != HOST_OF_THE_DEMO
    return timezone.localdate() + timedelta(days=20 if is_due else 400)


def _users(people: list[Person]) -> dict[Person, User]:
    """Accounts for them; only the demo's own `official@` can be signed in to."""
    emails = {
        person: OFFICIAL
        if person.region_code == HOST_OF_THE_DEMO
        else f"{person.slug}@officials.demo.livecommerce.example"
        for person in people
    }
    closed = make_password(None)
    User.objects.bulk_create(
        [
            User(email=email, display_name=person.name_zh, password=closed)
            for person, email in emails.items()
        ],
        ignore_conflicts=True,
    )
    users = {user.email: user for user in User.objects.filter(email__in=emails.values())}
    return {person: users[email] for person, email in emails.items()}


def _store(picture: Illustration) -> str:
    name = f"officials/{picture.key}.webp"
    if not default_storage.exists(name):
        data = draw(picture, cache_dir())[640]
        return default_storage.save(name, ContentFile(data))
    return name


_POSTS = {
    "prefecture": (("副市长", "Deputy Mayor"),),
    "county": (("县长", "County Head"), ("副县长", "Deputy County Head")),
    "autonomous_county": (("县长", "County Head"), ("副县长", "Deputy County Head")),
    "county_level_city": (("市长", "Mayor"), ("副市长", "Deputy Mayor")),
    "district": (("区长", "District Head"), ("副区长", "Deputy District Head")),
}
_INTROS = (
    (
        "常年跑乡镇，哪片山头出什么，心里有一本账。直播只卖自己去看过的货，价格和来历都摆在明处。",
        "Knows which hill bears what, and sells only what was seen on the spot, with its price and"
        " origin in the open.",
    ),
    (
        "从农技站起步，和果农、茶农打了二十年交道。第一次站在镜头前有点紧张，说起家乡的东西就不紧张了。",
        "Began at an agricultural station and has worked with growers for twenty years; shy of the"
        " camera, but not when the goods of home are the subject.",
    ),
    (
        "负责农业与商务。相信好东西要讲清楚：怎么种的、谁种的、为什么是这个价。",
        "In charge of farming and trade; believes good things should be explained: how they grow,"
        " who grows them and why they cost what they cost.",
    ),
    (
        "带着合作社一起上直播，卖出去的每一单都能查到钱去了哪里。",
        "Brings the cooperatives along to the show; every order tells where its money went.",
    ),
)


def _post_and_intro(person: Person, region: Region, number: int) -> dict[str, str]:
    posts = _POSTS[region.kind]
    post_zh, post_en = posts[number % len(posts)]
    intro_zh, intro_en = _INTROS[number % len(_INTROS)]
    return {
        "post_zh": post_zh,
        "post_en": post_en,
        "intro_zh": f"{region.name_zh}{post_zh}。{intro_zh}",
        "intro_en": f"{post_en} of {region.name_en}. {intro_en}",
    }


def _seed_curator() -> int:
    """One staff account for one prefecture: what a curator without all rights sees."""
    user = User.objects.filter(email=CURATOR).first()
    if user is None:
        return 0
    region = Region.objects.get(code=f"{HOST_OF_THE_DEMO[:4]}00")
    return int(Curator.objects.get_or_create(user=user, prefecture=region)[1])
