"""Settings from the environment, typed, failing closed. Every variable is listed in docs/running.md."""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env, validate

from config.embedded_postgres import DATABASE_USER, socket_folder
from config.external import external_providers

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

APP_ENV = env.str("APP_ENV", "production", validate=validate.OneOf(["production", "demo", "test"]))
IS_PRODUCTION = APP_ENV == "production"
if IS_PRODUCTION and (
    missing := [name for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL") if not env.str(name, "")]
):
    raise ImproperlyConfigured(
        f"生产环境缺少环境变量：{'、'.join(missing)}。演示请设 APP_ENV=demo（或运行 make demo）。"
    )

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY") if IS_PRODUCTION else env.str("SECRET_KEY", "demo-only-" + "k" * 50)
if IS_PRODUCTION and (len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10):
    raise ImproperlyConfigured("SECRET_KEY 须为至少 50 个字符的随机串。")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
if APP_ENV == "test":
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [])

# --- Applications -------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "axes",
    "csp",
    "guardian",
    "simple_history",
    "django_htmx",
    "common",
    "ledger",
    "accounts",
    "notifications",
    "documents",
    "governance",
    "decisions",
    "meetings",
    "registers",
    "compliance",
    "handover",
    "grants",
    "workbench",
    "oversight",
]
if not IS_PRODUCTION:
    INSTALLED_APPS.append("demo")
MIDDLEWARE = [
    "common.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "common.middleware.EdgeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.limits.LimitMiddleware",
    "accounts.middleware.GateMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "governance.middleware.SchoolMiddleware",
    "common.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
                "workbench.context.shell",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database: PostgreSQL only ------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", "")
if DATABASE_URL:
    DATABASES = {"default": env.dj_db_url("DATABASE_URL", conn_max_age=60, conn_health_checks=True)}
    if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL 须指向 PostgreSQL（postgresql://…）。")
    if APP_ENV == "test":
        # Both names: nothing run with APP_ENV=test may touch the data the URL leads to.
        DATABASES["default"]["NAME"] = env.str("TEST_DB_NAME", "test_school")
        DATABASES["default"]["TEST"] = {"NAME": DATABASES["default"]["NAME"]}
else:
    _testing = APP_ENV == "test"
    _data = BASE_DIR / ".run" / ("postgres-test" if _testing else "postgres")
    _name = env.str("TEST_DB_NAME", "test_school") if _testing else env.str("DEMO_DB_NAME", "demo")
    DATABASES = {
        "default": {
            "ENGINE": "config.embedded_backend",
            "NAME": _name,
            "USER": DATABASE_USER,
            "HOST": str(socket_folder(_data)),
            "EMBEDDED_DATA": str(_data),
            "EMBEDDED_FAST": _testing,
            "TEST": {"NAME": _name},
        }
    }

if APP_ENV == "test":  # transactional tests empty their tables; everywhere else history refuses it
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c school.may_truncate=on"

# --- Redis: cache and tasks; without it, local memory and in-process -----------------------------------
REDIS_URL = env.str("REDIS_URL", "")
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL
CELERY_TASK_EAGER_PROPAGATES = APP_ENV == "test"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A task not acknowledged within this time is delivered again; longer than any task may run.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
CELERY_TIMEZONE = "Asia/Shanghai"
# Each sealed act re-checks its school after commit; tests ask for it where they mean it.
COMPLIANCE_RECHECK = APP_ENV != "test"

# --- People -------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.lockout.LockoutBackend",
    "django.contrib.auth.backends.ModelBackend",
    "governance.backends.GrantBackend",
]
GUARDIAN_USER_OBJ_PERMS_MODEL = "governance.ObjectGrant"  # object permissions with days and reasons
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # GrantBackend stands in for guardian's own, which knows no days
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.validators.MixedPasswordValidator"},
    {"NAME": "accounts.validators.PasswordHistoryValidator"},
]
PASSWORD_HISTORY = 5  # passwords that are not used again
PASSWORD_DAYS = env.int("PASSWORD_DAYS", 0, validate=validate.Range(min=0))  # 0: passwords do not run out
IDLE_MINUTES = env.int("IDLE_MINUTES", 30, validate=validate.Range(min=5, max=480))
if APP_ENV == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ANONYMOUS_USER_NAME = None  # guardian: no row for people who have not signed in
MESSAGE_DAYS = env.int(
    "MESSAGE_DAYS", 365, validate=validate.Range(min=30)
)  # read messages are kept this long
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "workbench:home"
LOGOUT_REDIRECT_URL = "accounts:login"
DEMO_PASSWORD = env.str("DEMO_PASSWORD", "Xiaoyi-2026") if not IS_PRODUCTION else ""
# Whether 书记, 校长, 教育工委 and administrators must use a second factor where their authority has not said so.
MFA_REQUIRED = env.bool("MFA_REQUIRED", IS_PRODUCTION)
SECOND_FACTOR_POLICY = "governance.second_factor.needs_second_factor"  # offices are known up there
# The header in which the proxy writes the address of the person; whatever it is, a client must not reach it.
CLIENT_ADDRESS_HEADER = env.str("CLIENT_ADDRESS_HEADER", "X-Real-IP" if IS_PRODUCTION else "")

# --- Sign-in: django-allauth for the second factor, django-axes against guessing -------------------------
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {"reauthenticate": "accounts.forms.PasswordAgainForm"}
MFA_ADAPTER = "accounts.adapters.FactorAdapter"
MFA_TOTP_ISSUER = "学校议事决策平台"
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "reauthenticate": "accounts.forms.CodeAgainForm",
    "activate_totp": "accounts.forms.ActivateForm",
}
# Identities of other platforms (accounts/external.py): bound to an account first, in place of the password only.
SOCIALACCOUNT_PROVIDERS = external_providers(env, only_https=IS_PRODUCTION)
SOCIALACCOUNT_ADAPTER = "accounts.external.ExternalAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True  # before binding and unbinding
AXES_HANDLER = "accounts.lockout.LockoutHandler"
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_FAILURE_LIMIT = env.int("LOCKOUT_TRIES", 5, validate=validate.Range(min=3, max=20))
AXES_COOLOFF_TIME = timedelta(minutes=env.int("LOCKOUT_MINUTES", 30, validate=validate.Range(min=5)))
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the time told to the person stays true
AXES_CLIENT_IP_CALLABLE = "common.where.client_address"
AXES_LOCKOUT_CALLABLE = "accounts.lockout.locked_out"
AXES_DISABLE_ACCESS_LOG = True  # the security trail is the log
AXES_VERBOSE = False
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

# --- Addresses and fonts of issued documents ------------------------------------------------------------
LEDGER_HASH = env.str("LEDGER_HASH", "sha256", validate=validate.OneOf(["sha256", "sm3"]))
LEDGER_ROOT_MAIL = env.list(
    "LEDGER_ROOT_MAIL", []
)  # addresses outside the platform that keep the daily roots
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000")  # printed as QR code on documents, written in e-mails
DOCUMENT_FONTS = Path(
    env.str("DOCUMENT_FONTS", str(BASE_DIR / ".run" / "fonts"))
)  # font files beside the system's

# --- Language, time, static files, uploads --------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(BASE_DIR / ".run" / "media")))  # private: no URL leads there
MEDIA_URL = ""
if MEDIA_ROOT.resolve().is_relative_to(STATIC_ROOT.resolve()) or MEDIA_ROOT.resolve().is_relative_to(
    (BASE_DIR / "static").resolve()
):
    raise ImproperlyConfigured("MEDIA_ROOT 不得位于静态文件目录之下。")
_static_storage = (
    "whitenoise.storage.CompressedManifestStaticFilesStorage"
    if IS_PRODUCTION
    else "django.contrib.staticfiles.storage.StaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static_storage},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not IS_PRODUCTION
# nginx sends a checked file itself when this prefix names an internal location; empty: Django sends it.
X_ACCEL_PREFIX = env.str("X_ACCEL_PREFIX", "")
# nginx reads the files under an account of its own, in a volume only it and the application see.
FILE_UPLOAD_PERMISSIONS = 0o644 if X_ACCEL_PREFIX else 0o640
# clamd that looks at every upload before it is served: host:port, or the path of its socket; empty: no scanner.
CLAMAV = env.str("CLAMAV", "")
if CLAMAV and not (CLAMAV.startswith("/") or CLAMAV.rpartition(":")[2].isdecimal()):
    raise ImproperlyConfigured("CLAMAV 须为“主机:端口”或套接字的绝对路径。")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
MAX_BODY_BYTES = 105 * 1024 * 1024  # of one request, files included; nginx lets 110 MB through

# --- Browser security -----------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # Tabler's style sheet carries small pictures as data
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
CSRF_FAILURE_VIEW = "common.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
_unused = ("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "usb")
# On every answer that does not say otherwise itself; passkeys stay allowed to this site alone by default.
EDGE_HEADERS = {
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _unused),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if IS_PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # nginx overwrites whatever comes in

# --- Mail -------------------------------------------------------------------------------------------------
_mail_default = {"production": "smtp://localhost:25", "demo": "console:", "test": "memory:"}[APP_ENV]
_mail = {"EMAIL_TIMEOUT": 20} | {
    name: value for name, value in env.dj_email_url("EMAIL_URL", _mail_default).items() if value is not None
}
if "EMAIL_BACKEND" not in _mail:  # the parser would quietly leave Django's default in place
    raise ImproperlyConfigured("EMAIL_URL 须以 smtp://、submission://、console:、file:// 等开头。")
globals().update(_mail)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", "noreply@localhost")

# --- Log: one stream, as the process manager expects -----------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {
        "handlers": ["stderr"],
        "level": env.log_level("LOG_LEVEL", "INFO" if IS_PRODUCTION else "WARNING"),
    },
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "weasyprint": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
    },
}
