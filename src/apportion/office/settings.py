"""Django's settings, all derived from config.Settings."""

import secrets
from ipaddress import ip_network
from pathlib import Path

from apportion.office.config import Settings
from apportion.office.databases import describe_database
from apportion.office.identity import *  # noqa: F403  who may sign in and how: settings of their own
from apportion.office.identity import IDENTITY_APPS
from apportion.office.kernels import keep_compiled_in

SITE = Settings()
HERE = Path(__file__).resolve().parent
keep_compiled_in(SITE.data)
SECRET_FILE = SITE.data / "secret"

# `serve` writes the file before it starts workers; commands that sign nothing need no secret kept.
SECRET_KEY = SITE.secret_key or (
    SECRET_FILE.read_text().strip() if SECRET_FILE.is_file() else secrets.token_urlsafe(50)
)
DEBUG = False
ALLOWED_HOSTS = [host.strip() for host in SITE.allowed_hosts.split(",") if host.strip()]
APPORTION_DEMO = SITE.demo
APPORTION_LAB_NAME = SITE.lab_name
APPORTION_JOURNAL_KEY = SITE.journal_key
APPORTION_JOURNAL_KEY_FILE = SITE.data / "journal.key"
APPORTION_JOURNAL_NAME = SITE.journal_name
APPORTION_TRUST_FILE = Path(SITE.trust) if SITE.trust else SITE.data / "trust.txt"
APPORTION_CLUSTER_FILE = Path(SITE.cluster) if SITE.cluster else SITE.data / "cluster.toml"
APPORTION_PUBLISH = SITE.publish
APPORTION_TRACES = SITE.traces
APPORTION_SLURM = tuple(name.strip() for name in SITE.slurm.split(",") if name.strip())
APPORTION_SYNC_MINUTES = SITE.sync_minutes
APPORTION_ADMISSION_TOKEN = SITE.admission_token
APPORTION_METRICS_TOKEN = SITE.metrics_token
APPORTION_METRICS_FROM = tuple(
    ip_network(name.strip()) for name in SITE.metrics_from.split(",") if name.strip()
)
APPORTION_TOKEN_DAYS = SITE.token_days
APPORTION_API_CALLS = SITE.api_calls
APPORTION_REFUNDS = SITE.refunds
APPORTION_SLURM_POOL = SITE.slurm_pool
APPORTION_LIMITS_BY = SITE.limits_by
APPORTION_FAIL_MODE = SITE.fail_mode
APPORTION_RECONCILE = SITE.reconcile
APPORTION_KUEUE = SITE.kueue
APPORTION_SITE = SITE.site.rstrip("/")
APPORTION_MAIL = SITE.mail
APPORTION_MAIL_FROM = SITE.mail_from
APPORTION_NOTICE_NETWORKS = SITE.notice_networks
APPORTION_SALT = secrets.token_bytes  # salts of the journal's commitments; tests may give their own
APPORTION_ATTACHMENT_BYTES = SITE.attachment_megabytes * 1_000_000
APPORTION_PLACE_OF = "apportion.office.places.place_of"  # the round and area of an address
APPORTION_CLOCK = None  # tests and the demo may set a callable that gives an aware UTC instant

INSTALLED_APPS = [
    "apportion.apps.people",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    *IDENTITY_APPS,
    "apportion.apps.door",
    "apportion.apps.rounds",
    "apportion.apps.ledger",
    "apportion.apps.apply",
    "apportion.apps.evidence",
    "apportion.apps.review",
    "apportion.apps.decide",
    "apportion.apps.grant",
    "apportion.apps.appeal",
    "apportion.apps.change",
    "apportion.apps.members",
    "apportion.apps.enforce",
    "apportion.apps.tariffs",
    "apportion.apps.meter",
    "apportion.apps.queues",
    "apportion.apps.directive",
    "apportion.apps.publishing",
    "apportion.apps.report",
    "apportion.apps.formats",
    "apportion.apps.inbox",
    "apportion.apps.notice",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apportion.office.middleware.ContentPolicyMiddleware",
    "apportion.office.api.problems.ProblemMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apportion.office.middleware.ClockMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apportion.apps.people.standing_in.StandInMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apportion.office.context.site",
                "apportion.office.context.code_red",
                "apportion.office.rail.rail",
            ],
        },
    }
]
ROOT_URLCONF = "apportion.office.urls"
WSGI_APPLICATION = "apportion.office.wsgi.application"
DATABASES = {"default": describe_database(url=SITE.database_url, data=SITE.data)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Person"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "people:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

USE_TZ = True
TIME_ZONE = SITE.zone
LANGUAGE_CODE = "en-gb"
USE_I18N = False

STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static"]
# Finders serve files straight from the checkout, so the first start needs no collectstatic.
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# What went wrong is told on standard error, where a service manager keeps it.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"django": {"handlers": ["stderr"], "level": "ERROR"}},
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE.https
SECURE_HSTS_SECONDS = 31_536_000 if SITE.https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SITE.https else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
FILE_UPLOAD_HANDLERS = ["apportion.apps.apply.uploads.BoundedUpload"]
