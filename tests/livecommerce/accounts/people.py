"""People who can sign in by form, with and without a second factor."""

import time

from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value

from tests.factories import PASSWORD, make_user

SECRET = "JBSWY3DPEHPK3PXP"


def code_of(secret=SECRET):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def person(*, second_factor=False, **fields):
    user = make_user(password=PASSWORD, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if second_factor:
        give_factor(user)
    return user


def give_factor(user):
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user
