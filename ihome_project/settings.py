"""Every setting of ihome, and the only place that reads the environment (see .env.example)."""

import logging
import os
import sys
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import urlsplit

import environ
import structlog
from csp.constants import NONCE, NONE, SELF
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

from ihome_project.logs import add_request_id, redact

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# Everything that a running site writes, and nothing that belongs in git.
VAR_DIR = Path(env.str("IHOME_VAR_DIR", default=str(BASE_DIR / "var")))


def kept_secret(name: str, make: Callable[[], str]) -> str:
    """Return the secret kept in var/, making it on the first start so that `make run` needs no set-up.

    Whichever of several processes comes first makes it, and none ever sees a half-written one.
    """
    path = VAR_DIR / name
    if not path.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=VAR_DIR) as made, suppress(FileExistsError):
            made.write(make())
            made.flush()
            os.link(made.name, path)
    return path.read_text().strip()


def random_key() -> str:
    """Return 32 random bytes as text."""
    return b64encode(os.urandom(32)).decode()


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or kept_secret("secret_key", get_random_secret_key)
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
WEB_CONCURRENCY = env.int("WEB_CONCURRENCY", default=1)  # processes that serve it (deploy/gunicorn.conf.py)

INSTALLED_APPS = [
    "ihome_project",
    "accounts",
    "listings",
    "bookings",
    "ihome_project.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_filters",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "lucide",
    "rest_framework",
]

# Who takes the money. The sandbox speaks Alipay's protocol and takes none: there is none where real guests may come.
PAYMENT_PROVIDER = env.str("PAYMENT_PROVIDER", default="sandbox")
HAS_SANDBOX = PAYMENT_PROVIDER == "sandbox" and urlsplit(SITE_URL).scheme == "http"
if HAS_SANDBOX:
    INSTALLED_APPS.append("sandbox")

MIDDLEWARE = [
    # First those that write headers: an answer that one of the others gives, be it an error page, has them too.
    "ihome_project.middleware.RequestIdMiddleware",
    "ihome_project.middleware.PolicyMiddleware",
    "ihome_project.middleware.PermissionsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ihome_project.middleware.ApiMiddleware",
    "listings.middleware.KeptAnswersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "ihome_project.middleware.PrivatePagesMiddleware",
    "ihome_project.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SeenMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ihome_project.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "ihome_project.urls"
WSGI_APPLICATION = "ihome_project.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": [
                "lucide.templatetags.lucide",
                "ihome_project.templatetags.ihome",
                "listings.templatetags.homes",
            ],
        },
    },
]

# --- the database -----------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
_database = DATABASES["default"]
_database["ATOMIC_REQUESTS"] = False
_database["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
_database["CONN_HEALTH_CHECKS"] = True
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}  # a file: one in memory would not be shared by threads
    # SQLite has no row locks: a writer takes the one write lock when its transaction begins, and others wait for it.
    _options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    # A hung node sends no reset: without these a worker would wait for it for ever.
    _options = {
        "charset": "utf8mb4",
        "connect_timeout": 5,
        "read_timeout": 30,
        "write_timeout": 30,
        # MariaDB would turn the search's NOT EXISTS into a list of every held night: 555 ms a page instead of 2.3.
        "init_command": "SET SESSION optimizer_switch = 'exists_to_in=off'",
    }
    _database["TEST"] = {
        "CHARSET": "utf8mb4",
        "COLLATION": "utf8mb4_uca1400_ai_ci",
    }  # tells 𠮷 from 𡈽, as older ones do not
_database["OPTIONS"] = _options | _database.get("OPTIONS", {})  # those of DATABASE_URL go before ours
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- the cache: an answer may come faster with it, and never depends on it --------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "ihome",
            "OPTIONS": {
                "SOCKET_CONNECT_TIMEOUT": 0.2,
                "SOCKET_TIMEOUT": 0.2,
                "IGNORE_EXCEPTIONS": True,
                "SERIALIZER": "ihome_project.cache.BytesOrJson",
            },
        }
    }
    DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

# --- people and sessions ----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
OTP_TOTP_THROTTLE_FACTOR = 0  # accounts.limits counts wrong codes
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "csrf_token"  # fixed by the API contract
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "ihome_project.views.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = SITE_URL.startswith("https://")
SECURE_HSTS_SECONDS = 31_536_000 if SITE_URL.startswith("https://") else 0
# Only the owner of the whole domain can promise https for all of it, and for good.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.bool("HSTS_WHOLE_DOMAIN", default=False)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# The bucket's public address, from which pages show photos (see "files" below).
S3_PUBLIC_URL = env.str("S3_PUBLIC_URL", default="")
PHOTO_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(S3_PUBLIC_URL))] if S3_PUBLIC_URL else []
# Where a form that begins a payment may lead: a browser looks at each redirect.
SITE_ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(SITE_URL))
CASHIER_ORIGINS = [SITE_ORIGIN] if HAS_SANDBOX else ["https://*.alipay.com", "https://*.alipaydev.com"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *PHOTO_ORIGINS],
        "object-src": [NONE],
        "frame-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF, *CASHIER_ORIGINS],
        "frame-ancestors": [NONE],
    }
}
# What no page of the site needs, and no script on one gets.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation"),
        *("gyroscope", "hid", "magnetometer", "microphone", "midi", "payment", "screen-wake-lock", "serial", "usb"),
        *("publickey-credentials-get", "xr-spatial-tracking", "browsing-topics"),
    )
)

# How many proxies stand before the site and append to X-Forwarded-For: as many entries of it are believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# --- codes and notices by SMS -----------------------------------------------------------------------------------------
SMS_PROVIDER = env.str("SMS_PROVIDER", default="console")
SMS_HOURLY_BUDGET = env.int("SMS_HOURLY_BUDGET", default=500)
ALIYUN_SMS_ENDPOINT = env.str("ALIYUN_SMS_ENDPOINT", default="https://dysmsapi.aliyuncs.com")
ALIYUN_ACCESS_KEY_ID = env.str("ALIYUN_ACCESS_KEY_ID", default="")
ALIYUN_ACCESS_KEY_SECRET = env.str("ALIYUN_ACCESS_KEY_SECRET", default="")
ALIYUN_SMS_SIGN_NAME = env.str("ALIYUN_SMS_SIGN_NAME", default="")
ALIYUN_SMS_TEMPLATE = env.str("ALIYUN_SMS_TEMPLATE", default="")
ALIYUN_SMS_NOTICE_TEMPLATE = env.str("ALIYUN_SMS_NOTICE_TEMPLATE", default="")

# --- payments: keys are PEM, or the bare base64 that Alipay's console shows -------------------------------------------
ALIPAY_GATEWAY = env.str("ALIPAY_GATEWAY", default="https://openapi.alipay.com/gateway.do")
ALIPAY_APP_ID = env.str("ALIPAY_APP_ID", default="")
ALIPAY_SELLER_ID = env.str("ALIPAY_SELLER_ID", default="")
ALIPAY_PRIVATE_KEY = env.str("ALIPAY_PRIVATE_KEY", default="", multiline=True)
ALIPAY_PUBLIC_KEY = env.str("ALIPAY_PUBLIC_KEY", default="", multiline=True)

# --- identities: keys by name, the first seals and all open; another one only finds a number again -------------------
IDENTITY_VERIFIER = env.str("IDENTITY_VERIFIER", default="checksum")
IDENTITY_KEYS = env.dict("IDENTITY_KEYS", default={}) or {"var": kept_secret("identity_key", random_key)}
IDENTITY_DIGEST_KEY = env.str("IDENTITY_DIGEST_KEY", default="") or kept_secret("identity_digest_key", random_key)

# --- language and time ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Shanghai")
USE_TZ = True

# --- files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"allow_overwrite": True}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_HANDLERS = [
    "ihome_project.uploads.FormLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
MEDIA_STORAGE = env.str("MEDIA_STORAGE", default="disk")
S3_ENDPOINT = env.str("S3_ENDPOINT", default="")
S3_BUCKET = env.str("S3_BUCKET", default="")
S3_REGION = env.str("S3_REGION", default="")
S3_ACCESS_KEY = env.str("S3_ACCESS_KEY", default="")
S3_SECRET_KEY = env.str("S3_SECRET_KEY", default="")
if MEDIA_STORAGE == "s3":
    STORAGES["default"] = {
        "BACKEND": "ihome_project.buckets.PhotoBucket",
        "OPTIONS": {
            "endpoint_url": S3_ENDPOINT or None,
            "bucket_name": S3_BUCKET,
            "region_name": S3_REGION or None,
            "access_key": S3_ACCESS_KEY,
            "secret_key": S3_SECRET_KEY,
            "public_url": S3_PUBLIC_URL,
        },
    }
DEMO_DIR = BASE_DIR / "demo"

# --- the API ----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "ihome_project.api.KeyAuthentication",
        "accounts.authentication.PassedSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["ihome_project.api.EnvelopeRenderer"],
    "DEFAULT_PARSER_CLASSES": ["ihome_project.api.JsonParser", "rest_framework.parsers.FormParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "ihome_project.api.AlwaysJson",
    "DEFAULT_METADATA_CLASS": "ihome_project.api.PlainMetadata",
    "DEFAULT_SCHEMA_CLASS": "ihome_project.schema.EnvelopeSchema",
    "DEFAULT_THROTTLE_CLASSES": ["accounts.throttles.PerMinute"],
    "EXCEPTION_HANDLER": "ihome_project.api.answer_exception",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
# By one user, by one key, or from one address that is not logged in.
API_READS_PER_MINUTE = env.int("API_READS_PER_MINUTE", default=600)
API_WRITES_PER_MINUTE = env.int("API_WRITES_PER_MINUTE", default=120)
KNOX_TOKEN_MODEL = "accounts.ApiKey"  # noqa: S105 — the name of a model
REST_KNOX = {"TOKEN_TTL": None, "TOKEN_MODEL": KNOX_TOKEN_MODEL}
SPECTACULAR_SETTINGS = {
    "TITLE": "ihome",
    "DESCRIPTION": (
        "Find a home, book nights, run a calendar. Every answer is one envelope: `errcode` (`0` for a success), "
        "`errmsg` and `data`. A request with `X-Requested-With: XMLHttpRequest` gets the same envelope, always with "
        "status 200. Money in answers is in fen; hosts write prices in yuan. A program sends `Authorization: Token "
        "<key>`; a browser its session and, with whatever changes something, the cookie `csrf_token` again as "
        "`X-CSRFToken`."
    ),
    "VERSION": "1.0",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": r"/api/v1\.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- rules an operator may choose -------------------------------------------------------------------------------------
ACCEPT_HOURS = env.int("ACCEPT_HOURS", default=24)
PAY_MINUTES_INSTANT = env.int("PAY_MINUTES_INSTANT", default=30)
PAY_HOURS_ACCEPTED = env.int("PAY_HOURS_ACCEPTED", default=24)
COMMISSION_PERCENT = env.int("COMMISSION_PERCENT", default=10)  # of what guests pay and do not get back
LISTINGS_REQUIRE_REVIEW = env.bool("LISTINGS_REQUIRE_REVIEW", default=False)

# --- logs: one line an event; JSON for machines, words for a person at a terminal -------------------------------------
_log_as_json = env.bool("LOG_JSON", default=not (DEBUG or sys.stderr.isatty()))
_shared_processors = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
]
structlog.configure(
    processors=[*_shared_processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
logging.captureWarnings(capture=True)  # Python's own lines go where the site's go
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": [
                *_shared_processors,
                structlog.stdlib.ExtraAdder(allow=["status_code"]),
                add_request_id,
            ],
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact,
                structlog.processors.JSONRenderer(ensure_ascii=False)
                if _log_as_json
                else structlog.dev.ConsoleRenderer(colors=False),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
    },
}
