"""The one settings file: every value comes from the environment and is checked at start.

`env.seal()` reports every wrong variable at once. There is no development and production
pair: `make run` gives the same names the values of one machine (`livecommerce/embedded/`),
and leaves them in `<DATA_DIR>/run.env` so that commands typed by hand find the same servers.
"""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from environs import Env, validate

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env(eager=False)

DATA_DIR: Path = Path(os.environ.get("DATA_DIR") or BASE_DIR / ".data")
if "DATABASE_URL" not in os.environ and (DATA_DIR / "run.env").is_file():
    env.read_env(str(DATA_DIR / "run.env"), recurse=False)

# --- Who we are -----------------------------------------------------------------------------
SECRET_KEY = env.str("SECRET_KEY")
DEBUG = env.bool("DEBUG", False)
PORT = env.int("PORT", 8000)
REALTIME_PORT = env.int("REALTIME_PORT", PORT + 1 if isinstance(PORT, int) else 8001)
MEDIA_PORT = env.int("MEDIA_PORT", PORT + 2 if isinstance(PORT, int) else 8002)
STRIPE_DOUBLE_PORT = env.int("STRIPE_DOUBLE_PORT", PORT + 3 if isinstance(PORT, int) else 8003)
PUBLIC_URL = env.str("PUBLIC_URL", f"http://localhost:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
FORWARDED_ALLOW_IPS: list[str] = env.list("FORWARDED_ALLOW_IPS", ["127.0.0.1"])
"""Proxies whose X-Forwarded-For is believed (livecommerce.proxies); uvicorn reads the same name."""
DEMO = env.bool("DEMO", False)
"""Demo accounts and their hints; set only by the embedded set-up, never in production."""

# --- Services -------------------------------------------------------------------------------
DATABASES = {"default": env.dj_db_url("DATABASE_URL", conn_max_age=env.int("DB_CONN_MAX_AGE", 0))}
REDIS_URL = env.str("REDIS_URL")
ROOMS_REDIS_URL = env.str(
    "ROOMS_REDIS_URL", "", validate=validate.Regexp(r"^$|^rediss?(\+cluster)?://[^/]+")
)
"""See livecommerce.realtime.shards; empty: the rooms are in REDIS_URL."""
REDIS_PREFIX = env.str("REDIS_PREFIX", "lc")
CACHES = {
    "default": {
        "BACKEND": "livecommerce.cache.Cache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": f"{REDIS_PREFIX}:cache",
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": f"{REDIS_PREFIX}:channels"},
    }
}
CELERY = {
    "broker_url": REDIS_URL,
    "broker_transport_options": {
        "visibility_timeout": 120,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "global_keyprefix": f"{REDIS_PREFIX}:celery:",
    },
    "broker_connection_retry_on_startup": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "task_ignore_result": True,
    "task_time_limit": 120,
    "task_soft_time_limit": 90,
    "task_default_queue": "livecommerce",
    "timezone": "Asia/Shanghai",
    "enable_utc": True,
    "beat_schedule_filename": str(DATA_DIR / "celerybeat-schedule"),
}

# --- Realtime, media, payment ---------------------------------------------------------------
REALTIME_PUBLIC_URL = env.str("REALTIME_PUBLIC_URL", "")
MEDIA_PUBLIC_URL = env.str("MEDIA_PUBLIC_URL", "")
MEDIA_ENGINE = env.str("MEDIA_ENGINE", "embedded")
MEDIA_INTERNAL_URL = env.str("MEDIA_INTERNAL_URL", f"http://127.0.0.1:{MEDIA_PORT}").rstrip("/")
MEDIA_HOOK_SECRET = env.str("MEDIA_HOOK_SECRET", "")
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
"""Whoever sends it as a bearer may read /metrics of the realtime role; without it this machine."""
MEDIA_RECORDINGS_URL = env.str("MEDIA_RECORDINGS_URL", "").rstrip("/")
"""MediaMTX's playback server, from which replays are made; the embedded engine needs none."""
MEDIA_ICE_SERVERS: list[str] = env.list("MEDIA_ICE_SERVERS", [])
MEDIA_RTMP_PORT = env.int("MEDIA_RTMP_PORT", 0)
"""The embedded engine's door for RTMP encoders; 0: there is none."""
MEDIA_RTMP_PUBLIC_URL = env.str("MEDIA_RTMP_PUBLIC_URL", "")
"""What encoders type, if it is not this host and MEDIA_RTMP_PORT (MediaMTX, NAT)."""
RECORDINGS_DIR = Path(env.str("RECORDINGS_DIR", str(DATA_DIR / "recordings")))
RECORDINGS_MIN_FREE_BYTES = env.int("RECORDINGS_MIN_FREE_BYTES", 500_000_000)
MEDIA_SPOOL_DIR = env.str("MEDIA_SPOOL_DIR", "")
"""Where the worker sees the disk that MediaMTX records on; with too little room it stops that."""
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", "")
STRIPE_PUBLISHABLE_KEY = env.str("STRIPE_PUBLISHABLE_KEY", "")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", "")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", "")
"""Empty: Stripe itself. The embedded set-up points it at the double."""

# --- Applications ---------------------------------------------------------------------------
INSTALLED_APPS = [
    "livecommerce",
    "orders",
    "streams",
    "products",
    "officials",
    "livecommerce.notifications",
    "livecommerce.audit",
    "livecommerce.accounts",
    "livecommerce.realtime",
    "unfold",
    "unfold.contrib.import_export",
    "import_export",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "livecommerce.static.CollectedFiles",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rules.apps.AutodiscoverRulesConfig",
    "csp",
    "django_htmx",
    "template_partials",
    "pghistory",
    "pgtrigger",
]
MIDDLEWARE = [
    "livecommerce.health.ProbeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "livecommerce.packing.PackingMiddleware",
    "livecommerce.accounts.middleware.PersonalPagesMiddleware",
    "livecommerce.csp.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "livecommerce.audit.requests.AuditMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "livecommerce.accounts.middleware.RequireSecondFactorMiddleware",
    "streams.rehearsal_door.RehearsalDoorMiddleware",
    "livecommerce.errors.DomainErrorMiddleware",
]
ROOT_URLCONF = "livecommerce.urls"
WSGI_APPLICATION = "livecommerce.wsgi.application"
ASGI_APPLICATION = "livecommerce.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "livecommerce.context.site",
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "livecommerce.templatetags.shop",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "streams:home"
LOGOUT_REDIRECT_URL = "streams:home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_ADAPTER = "livecommerce.accounts.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "livecommerce.accounts.forms.SignupForm"
STEP_UP_SECONDS = env.int("STEP_UP_SECONDS", 10 * 60)
"""Payouts and approvals ask for the second factor again if it was proven longer ago."""
GO_LIVE_PROOF_HOURS = env.int("GO_LIVE_PROOF_HOURS", 12)
"""The same for going live, asked when the console is opened before the show."""
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "livecommerce"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PUBLIC_URL.startswith("http://localhost")

# --- Security -------------------------------------------------------------------------------
_https = PUBLIC_URL.startswith("https://")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", _https)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 14 * 24 * 3600
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "livecommerce.errors.csrf_failure"
SILENCED_SYSTEM_CHECKS: list[str] = []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "worker-src": [SELF, "blob:"],
    }
}
"""`livecommerce.csp` adds this host's realtime and media addresses, and eases the admin only."""
MAX_UPLOAD_BYTES = env.int("MAX_UPLOAD_BYTES", 10 * 1024 * 1024)
MAX_IMAGE_PIXELS = env.int("MAX_IMAGE_PIXELS", 50_000_000)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Language, time, files ------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["livecommerce.formats"]
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "staticfiles"
MEDIA_URL = "/media-files/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(DATA_DIR / "files")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": env.str("STATIC_STORAGE", "livecommerce.static.ManifestStorage")},
}
WHITENOISE_MAX_AGE = 31_536_000
EMAIL_URL = env.str(
    "EMAIL_URL",
    "",
    validate=validate.Regexp(
        r"^$|^(smtp|submission|submit|console|file|memory|dummy)://",
        error="Give smtp:// or submission:// (encrypted from the start: smtp://…?ssl=True).",
    ),
)
if EMAIL_URL:
    _email = env.dj_email_url("EMAIL_URL")
    if isinstance(_email, dict) and "EMAIL_BACKEND" in _email:
        EMAIL_BACKEND = _email["EMAIL_BACKEND"]
        EMAIL_HOST = _email["EMAIL_HOST"]
        EMAIL_PORT = _email["EMAIL_PORT"]
        EMAIL_HOST_USER = _email["EMAIL_HOST_USER"]
        EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"]
        EMAIL_USE_TLS = _email.get("EMAIL_USE_TLS", False)
        EMAIL_USE_SSL = _email.get("EMAIL_USE_SSL", False)
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "mail")
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", "")
"""Empty: made of SECRET_KEY. 32 bytes in base64url, as `vapid --gen` and others write them."""
VAPID_CONTACT = env.str("VAPID_CONTACT", "")
PUSH_TRUSTED_HOSTS: list[str] = env.list("PUSH_TRUSTED_HOSTS", [])
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "livecommerce <no-reply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Shop rules (seconds, fen, days) --------------------------------------------------------
HOLD_SECONDS = env.int("HOLD_SECONDS", 15 * 60)
FLASH_HOLD_SECONDS = env.int("FLASH_HOLD_SECONDS", 5 * 60)
SHIP_WITHIN_HOURS = env.int("SHIP_WITHIN_HOURS", 48)
"""From the payment; what is later is shown as late to its producer."""
RECEIPT_DAYS = env.int("RECEIPT_DAYS", 10)
"""A parcel sent so long ago counts as delivered if nobody says otherwise."""
RECEIPT_REMINDER_DAYS = env.int("RECEIPT_REMINDER_DAYS", 3)
"""So long before that its buyer is asked."""
COMPLETION_DAYS = env.int("COMPLETION_DAYS", 8)
"""From delivery; longer than the seven days of returns, which begin the day after it."""
REVIEW_EDIT_DAYS = env.int("REVIEW_EDIT_DAYS", 30)
DRAW_BEACON_URL = env.str("DRAW_BEACON_URL", "")
"""A relay of drand, such as https://api.drand.sh; empty: draws without a public number."""
RECORDINGS_KEEP_DAYS = env.int("RECORDINGS_KEEP_DAYS", 3 * 365 + 1)
"""From a show's end; then its recording and index are deleted."""
REPLAY_EXPORT_DAYS = env.int("REPLAY_EXPORT_DAYS", 7)
"""An MP4 that was asked for can be downloaded for so long."""

ACCOUNT_CLOSING_DAYS = env.int("ACCOUNT_CLOSING_DAYS", 15)
"""Who closes their account can come back for so long."""
CHAT_KEEP_DAYS = env.int("CHAT_KEEP_DAYS", 183)
"""What was said in a show, from the show's end; the law wants 60 days, security logs 6 months."""
FIGURES_KEEP_DAYS = env.int("FIGURES_KEEP_DAYS", 400)
"""Of a show's cockpit: the same festival of the year before can still be compared."""
LOGS_KEEP_DAYS = env.int("LOGS_KEEP_DAYS", 183)
"""Inbox, devices, clicks, missed searches, webhooks and the like."""
RECORDS_KEEP_DAYS = env.int("RECORDS_KEEP_DAYS", 3 * 365 + 1)
"""Of trade and of the audit book: personal parts of orders go after it, entries of the book too."""

# --- Looks of the back room -----------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": _("Livecommerce curation"),
    "SITE_HEADER": _("Livecommerce curation"),
    "SITE_URL": "/",
    "SITE_DROPDOWN": "orders.admin_menu.site_links",
    "SHOW_VIEW_ON_SITE": True,
    "COLORS": {  # the indigo of static/css/tokens.css, in steps
        "primary": {
            "50": "oklch(97% .014 264)",
            "100": "oklch(93.5% .03 264)",
            "200": "oklch(87% .055 264)",
            "300": "oklch(77% .09 264)",
            "400": "oklch(63% .13 264)",
            "500": "oklch(50% .13 264)",
            "600": "oklch(42% .12 264)",
            "700": "oklch(35% .1 264)",
            "800": "oklch(30% .085 264)",
            "900": "oklch(25% .065 264)",
            "950": "oklch(20% .05 264)",
        }
    },
}

# --- Logs -----------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    # They write a line for every call they make.
    "loggers": {"stripe": {"level": "WARNING"}, "httpx": {"level": "WARNING"}},
}

env.seal()
