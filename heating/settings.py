"""All settings. Every deployment value comes from the environment; a misspelt value refuses to start."""

import os
from datetime import timedelta
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from heating import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("HEATING_VAR", BASE_DIR / "var"))
env = environ.Env()

MODES = ("production", "demo", "test")
MODE = env.str("HEATING_MODE", default="production")
if MODE not in MODES:
    raise ImproperlyConfigured(f"HEATING_MODE must be one of {MODES}, not {MODE!r}")
DEMO = MODE == "demo"
PRODUCTION = MODE == "production"
DEBUG = False

SECRET_KEY = env.str("SECRET_KEY", default="") or ("" if PRODUCTION else embedded.local_secret(VAR_DIR))
if len(SECRET_KEY) < 40:
    raise ImproperlyConfigured("SECRET_KEY must be set to at least 40 random characters")
# Encrypt ID numbers at rest and key their search hash; rotating SECRET_KEY must not lose them. The first key is used
# for everything new, the others still read what was written before `manage.py rotate_field_key`.
FIELD_KEYS = [part.strip() for part in env.list("FIELD_KEY", default=[])] or ([""] if PRODUCTION else [SECRET_KEY])
if any(len(key) < 40 for key in FIELD_KEYS):
    raise ImproperlyConfigured("FIELD_KEY must be set to at least 40 random characters (each key of the list)")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Addresses of reverse proxies whose X-Forwarded-For is believed.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
# Addresses or networks that may read /a/metrics; nobody unless named.
METRICS_ADDRESSES = env.list("METRICS_ADDRESSES", default=[])
# Set by gunicorn.conf.py; without it the numbers are those of this process alone.
METRICS_FOLDER = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
# Where backups are put; shown on 系统状态.
BACKUP_FOLDER = env.str("BACKUP_FOLDER", default="")
HEALTH_GRACE = 60  # seconds without any worker before /a/health says so

INSTALLED_APPS = [
    "heating",
    "heating.audit",
    "heating.jobs",
    "heating.imports",
    "heating.approvals",
    "org",
    "accounts",
    "property",
    "meters",
    "billing",
    "payments",
    "reports",
    "heating.apps.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "guardian",
    "import_export",
    "captcha",
    "django_filters",
    "django_htmx",
    "django_otp",
    "csp",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    "heating.access_log.access_log",
    # The headers come first, so that static files, redirects and errors of the others carry them too.
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "heating.health.by_address",
    "heating.preflight.preflight_guard",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.session_guard",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "heating.urls"
WSGI_APPLICATION = "heating.wsgi.application"

PRODUCT_NAME = "热力缴费管理系统"
# The modules of the menu, in its order, with their icons.
MENU_MODULES = {
    "首页": "home",
    "系统设置": "settings",
    "基础信息管理": "building-community",
    "业务管理": "briefcase",
    "缴费管理": "cash-register",
    "报表统计": "report-analytics",
}
# Who may read phones and document numbers in clear.
SENSITIVE_PERMISSION = "property.view_sensitive"

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
                "heating.context.frame",
            ],
            "builtins": ["heating.templatetags.heating"],
        },
    }
]

# "embedded" is the private server under VAR_DIR, started if it does not run (the tests have one of their own).
# Production must say which server it means: a forgotten variable must not lead to an empty database.
DATABASE_URL = os.environ.get("DATABASE_URL") or ("" if PRODUCTION else "embedded")
if not DATABASE_URL:
    raise ImproperlyConfigured("DATABASE_URL must be set")
if DATABASE_URL == "embedded":
    DATABASE_URL = embedded.database_url(VAR_DIR, fast=MODE == "test")
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
PGBOUNCER = env.bool("PGBOUNCER", default=False)
DATABASES["default"].update(
    CONN_MAX_AGE=60,
    CONN_HEALTH_CHECKS=True,
    DISABLE_SERVER_SIDE_CURSORS=PGBOUNCER,
)
if "postgresql" not in DATABASES["default"]["ENGINE"]:
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database")
DATABASES["default"].setdefault("OPTIONS", {}).update(
    connect_timeout=2,
    # A server that vanished from the network is noticed within about 15 seconds.
    **{"keepalives_idle": 5, "keepalives_interval": 3, "keepalives_count": 3, "tcp_user_timeout": 10_000},
)
if not PGBOUNCER:  # pgbouncer refuses them: there they are set for the role (docs/operations.md)
    # The server drops the work and the locks of a killed process within a second, not at the end of its statement.
    DATABASES["default"]["OPTIONS"]["options"] = "-c lock_timeout=5000 -c client_connection_check_interval=1000"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Names differ from each other even without regard to case: a unique index on lower(username) says so.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.RoleBackend",
    "guardian.backends.ObjectPermissionBackend",
]
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "/a/login"
# Off: five wrong passwords lock the login name everywhere. On: not for a device that signed in before.
LOGIN_KNOWS_DEVICES = env.bool("LOGIN_KNOWS_DEVICES", default=False)
LOGIN_REDIRECT_URL = "/a/"
DEVICE_COOKIE_NAME = "device"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "heating.problems.csrf_failure"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
# A hall network without https: passwords and sessions travel in the clear there, `check --deploy` and the start say so.
PLAIN_HTTP = env.bool("PLAIN_HTTP", default=False)
if PRODUCTION and not PLAIN_HTTP:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^a/(health|metrics)$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    DEVICE_COOKIE_NAME = "__Host-device"
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"  # filled by collectstatic where a proxy serves it
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
# Hashed names, compressed once by `prepare`, kept by browsers for ever; without the files the originals are served.
COLLECTED = MODE != "test" and ("HEATING_COLLECT" in os.environ or (STATIC_ROOT / "staticfiles.json").exists())
WHITENOISE_MANIFEST_STRICT = False
# Beside what is compressed already: fonts for paper and what only developers fetch take a minute and help nobody.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["jpg", "png", "gif", "webp", "gz", "br", "woff", "woff2", "ttf", "map", "txt"]
WHITENOISE_USE_FINDERS = not COLLECTED
if COLLECTED:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
MEDIA_ROOT = VAR_DIR / "files"  # uploads and results; never served by URL, only through a page that checks the scope
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
UPLOAD_LIMIT = 20 * 1024 * 1024  # bytes of one workbook

CAPTCHA_CHALLENGE_FUNCT = "accounts.rules.captcha_challenge"
CAPTCHA_IMAGE_SIZE = (130, 38)
CAPTCHA_TIMEOUT = 2  # minutes
CAPTCHA_NOISE_FUNCTIONS = ("captcha.helpers.noise_dots",)
CAPTCHA_LETTER_ROTATION = (-20, 20)
CAPTCHA_FONT_SIZE = 30
CAPTCHA_2X_IMAGE = False

# The logs stand in files of the day, which nothing ever erases; where no supervisor keeps the console, there as well.
LOG_FOLDER = VAR_DIR / "log"
LOGS = ["console"] if MODE == "test" else ["file"] if "HEATING_SUPERVISED" in os.environ else ["console", "file"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "heating.kit.privacy.LogFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "filters": {"brief": {"()": "django.utils.log.CallbackFilter", "callback": "ext://heating.problems.brief_outages"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["brief"]},
        "file": {
            "class": "heating.logs.DatedFile",
            **{"folder": LOG_FOLDER, "name": "heating", "formatter": "line", "filters": ["brief"]},
        },
        "access": {"class": "heating.logs.DatedFile", "folder": LOG_FOLDER, "name": "access", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "loggers": {
        "heating.access": {"handlers": ["nowhere" if MODE == "test" else "access"], "propagate": False},
    },
    "root": {"handlers": LOGS, "level": env.str("LOG_LEVEL", default="INFO")},
}
