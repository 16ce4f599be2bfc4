"""The demo: accounts one can sign in with, and the apps' own seeds in the order they build on
each other. Passwords are set, and codes shown, only with `settings.DEMO`."""

import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context
from typing import NamedTuple

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.contrib.auth.hashers import make_password

import officials.demo
import products.demo
from livecommerce.accounts.models import Address, User
from livecommerce.illustrations import Illustration, draw_many, prepare_many, share

PASSWORD = "third-of-march"
VIEWER = "viewer@demo.livecommerce.example"
PRODUCER = "producer@demo.livecommerce.example"
SEEDS = ("officials", "products", "streams", "orders")


class Account(NamedTuple):
    role: str
    email: str
    display_name: str
    opens: str
    is_staff: bool = False
    is_superuser: bool = False
    has_second_factor: bool = False


ACCOUNTS = (
    Account("admin", officials.demo.ADMIN, "总台", "/admin/", True, True, True),
    Account("curator", officials.demo.CURATOR, "河池选品员", "/admin/", True, False, True),
    Account("official", officials.demo.OFFICIAL, "韦稻香", "/host/", False, False, True),
    Account("producer", PRODUCER, "青山合作社", "/producer/", False, False, True),
    Account("moderator", "moderator@demo.livecommerce.example", "小管家", "/"),
    Account("viewer", VIEWER, "李小山", "/"),
)


def seed(out: Callable[[str], object]) -> dict[str, int]:
    """Everything the demo shows. Adds what is missing; a second run changes nothing."""
    counts = {"accounts": _seed_accounts()}
    _draw_pictures(officials.demo.portraits() + products.demo.pictures(), out)
    for app in SEEDS:
        if find_spec(f"{app}.demo") is not None:
            counts |= import_module(f"{app}.demo").seed(out)
    _open_second_factors()
    return counts


def sign_ins() -> list[dict[str, str]]:
    """Who can sign in, for the greeting and the sign-in page; nobody outside a demo."""
    if not settings.DEMO:
        return []
    return [
        {
            "role": account.role,
            "email": account.email,
            "password": PASSWORD,
            "open": account.opens,
            "second_factor": "yes" if account.has_second_factor else "",
        }
        for account in ACCOUNTS
    ]


def current_code(user: User) -> str | None:
    """The six digits a demo account's authenticator would show now; None for anyone else."""
    if not settings.DEMO or user.email not in {account.email for account in ACCOUNTS}:
        return None
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if row is None:
        return None
    counter = int(time.time()) // 30
    return str(format_hotp_value(hotp_value(decrypt(row.data["secret"]), counter)))


def _seed_accounts() -> int:
    known = set(User.objects.values_list("email", flat=True))
    missing = [account for account in ACCOUNTS if account.email not in known]
    if not missing:
        return 0
    password = make_password(PASSWORD if settings.DEMO else None)
    users = User.objects.bulk_create(
        [
            User(
                email=account.email,
                display_name=account.display_name,
                is_staff=account.is_staff,
                is_superuser=account.is_superuser,
                password=password,
            )
            for account in missing
        ]
    )
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users]
    )
    Address.objects.bulk_create(
        [
            Address(
                user=user,
                recipient=user.display_name,
                phone="13800138000",
                province="广东省",
                city="广州市",
                county="越秀区",
                street="木棉街 3 号",
                is_default=True,
            )
            for user in users
            if user.email == VIEWER
        ]
    )
    return len(users)


def _open_second_factors() -> None:
    """A secret of this installation's own for each account that needs one."""
    if not settings.DEMO:
        return
    guarded = [account.email for account in ACCOUNTS if account.has_second_factor]
    for user in User.objects.filter(email__in=guarded).exclude(
        authenticator__type=Authenticator.Type.TOTP
    ):
        TOTP.activate(user, generate_totp_secret())
        RecoveryCodes.activate(user)


def _draw_pictures(pictures: list[Illustration], out: Callable[[str], object]) -> None:
    """Fill the cache with two processes: drawing is what takes the time of a first seed."""
    folder = officials.demo.cache_dir()
    drawn = {file.name for file in folder.glob("*.webp")} if folder.is_dir() else set()
    missing = list({p.key: p for p in pictures if f"{p.key}-640.webp" not in drawn}.values())
    if not missing:
        return
    out(f"drawing {len(missing)} pictures …")
    icons = sorted({icon for picture in missing for icon in picture.icons})
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for done in [pool.submit(prepare_many, icons[i::2], str(folder)) for i in range(2)]:
            done.result()
        for done in [pool.submit(draw_many, part, str(folder)) for part in share(missing, 2)]:
            done.result()
