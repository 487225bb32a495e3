"""Settings, read from the environment. With nothing set this is the demo co-op on this computer.

Setting SECRET_KEY makes it a real installation: secure cookies, no demo sign-in, no debug.
docs/running.md lists every variable.
"""

from operator import methodcaller
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.schedule import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(environ.Env().str("WEFT_VAR", default=str(BASE_DIR / "var")))
env = environ.Env()

# --- Demo or real -----------------------------------------------------------------------------
SOCIETY_NAME = env.str("SOCIETY_NAME", default="Skelbeck Valley Care Co-operative")
_DEMO_KEY = "demo-only-" + "not-secret-" * 4
SECRET_KEY = env.str("SECRET_KEY", default=_DEMO_KEY)
DEMO = env.bool("WEFT_DEMO", default=SECRET_KEY == _DEMO_KEY)
# Shown at the foot of every page, always in the same place.
HELP_PHONE = env.str("HELP_PHONE", default="01632 960 200" if DEMO else "")
HELP_EMAIL = env.str("HELP_EMAIL", default="hello@example.org" if DEMO else "")
DEBUG = env.bool("DEBUG", default=False)
_LOCAL = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=_LOCAL)
# A forgotten SECRET_KEY must not open the demo's doors, or sign with a known key, in the open.
if SECRET_KEY == _DEMO_KEY and not DEMO:
    raise ImproperlyConfigured("Set SECRET_KEY to a long random text of your own.")
if "WEFT_DEMO" not in env.ENVIRON and DEMO and not set(ALLOWED_HOSTS) <= set(_LOCAL):
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS names a public address: set SECRET_KEY to a long random text of your own, "
        "or WEFT_DEMO=1 to show the demo, where anyone can sign in as anyone, to the world."
    )
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default=f"http://localhost:{env.int('PORT', default=8000)}")

# --- Applications -----------------------------------------------------------------------------
# Upper packages first: a template or command of the same name in an upper one wins.
INSTALLED_APPS = [
    "config",
    "cms",
    "rota",
    "services",
    "governance",
    "members",
    "ledger",
    "core",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "djmoney",
    "lucide",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.sitemaps",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "core.middleware.healthz",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.content_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.nothing_stored",
    "core.middleware.idle_lock",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "core.middleware.second_factor",
    "members.middleware.acting_for",
    "core.middleware.refusals",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "core.forms.WeftRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context_processors.weft",
            ],
            "builtins": ["core.templatetags.weft"],
        },
    },
]

# --- Data -------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock at BEGIN, so that two writers wait for each other
    # instead of failing half-way; WAL lets readers go on meanwhile.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": env.cache("CACHE_URL", default="locmemcache://")}

# --- Files ------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "media/"
MEDIA_ROOT = VAR_DIR / "media"
WHITENOISE_USE_FINDERS = DEMO
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Files about people: outside MEDIA_ROOT, reached only through core.views.private_file.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": VAR_DIR / "private",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Language and time ------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
CURRENCIES = ("GBP",)
DEFAULT_CURRENCY = "GBP"

# --- Sign-in ----------------------------------------------------------------------------------
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "core.adapters.AccountAdapter"
MFA_ADAPTER = "core.adapters.MFAAdapter"
# What a passkey is kept under on somebody's own device; str(user) names nobody.
ACCOUNT_USER_DISPLAY = methodcaller("get_full_name")
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
# Failed sign-ins are counted per network address and per e-mail address. Somebody whose address
# was guessed at too often waits five minutes for the password; a code or a passkey still opens.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
MFA_TOTP_ISSUER = "Weft"
USERSESSIONS_TRACK_ACTIVITY = True
# A staff member who walks away is asked to sign in again after this many minutes.
IDLE_LOCK_MINUTES = env.int("IDLE_LOCK_MINUTES", default=30)
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60

# --- Security ---------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not (DEMO or DEBUG)
CSRF_FAILURE_VIEW = "core.views.session.form_not_taken"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not (DEMO or DEBUG))
SECURE_HSTS_SECONDS = 0 if DEMO or DEBUG else env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Who called stands in X-Forwarded-For; without it all callers would share one rate limit.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# Wagtail's editor needs inline styles and scripts of its own; only signed-in editors see it.
EDITOR_CONTENT_SECURITY_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF, "'unsafe-inline'", "'unsafe-eval'"],
    "style-src": [SELF, "'unsafe-inline'"],
    "img-src": [SELF, "data:", "blob:"],
    "frame-src": [SELF],
    "object-src": [NONE],
    "base-uri": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [SELF],
}

# --- Secret votes -----------------------------------------------------------------------------
# What it costs (Argon2id: passes, bytes of memory) to try one passphrase of a teller.
TELLER_KEY_COST = (1, 8 * 1024**2) if DEMO else (3, 256 * 1024**2)

# --- Payments through Stripe: none unless a key is set --------------------------------------------
# The demo uses the sandbox that `make run` starts beside the site; no money moves there.
_PORT = env.int("PORT", default=8000)
STRIPE_SANDBOX_PORT = env.int("STRIPE_SANDBOX_PORT", default=_PORT + 1)
_SANDBOX = f"http://localhost:{STRIPE_SANDBOX_PORT}" if DEMO else ""
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="sk_test_sandbox" if DEMO else "")
# Several, so that an old one is still taken while a new one is brought in.
STRIPE_WEBHOOK_SECRETS = env.list(
    "STRIPE_WEBHOOK_SECRETS", default=["whsec_sandbox"] if DEMO else []
)
# Another address than Stripe's own: only with a test key.
STRIPE_API_URL = env.str(
    "STRIPE_API_URL", default=_SANDBOX if STRIPE_SECRET_KEY == "sk_test_sandbox" else ""
)
# Seconds after which an answer of Stripe's is waited for no longer.
STRIPE_TIMEOUT = env.float("STRIPE_TIMEOUT", default=10)
# Working days between telling a payer what we collect and collecting it. Stripe itself tells them
# two working days before; more leaves room for bank holidays, which are not known here.
COLLECTION_NOTICE_DAYS = env.int("COLLECTION_NOTICE_DAYS", default=5)
# Where Stripe's payment page is, for the content policy: forms lead there.
STRIPE_PAGE_URL = env.str(
    "STRIPE_PAGE_URL", default=STRIPE_API_URL or "https://checkout.stripe.com"
)
if STRIPE_SECRET_KEY:
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append(STRIPE_PAGE_URL)

# --- Mail: the demo keeps it on a page of its own -----------------------------------------------
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Weft <weft@localhost>")
EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    default="django.core.mail.backends.dummy.EmailBackend"
    if DEMO
    else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 20
ANYMAIL = env.json("ANYMAIL", default={})

# --- What is kept for how long --------------------------------------------------------------------
# Days after posting when a letter's text is emptied, and after its making when a pack of somebody's
# data is removed.
LETTER_TEXT_DAYS = env.int("LETTER_TEXT_DAYS", default=30)
DATA_PACK_DAYS = env.int("DATA_PACK_DAYS", default=30)

# --- Tasks ------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="filesystem://")
if CELERY_BROKER_URL == "filesystem://":
    _BROKER = VAR_DIR / "broker"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_BROKER / "queue"),
        "data_folder_out": str(_BROKER / "queue"),
        "control_folder": str(_BROKER / "control"),
        "processed_folder": str(_BROKER / "done"),
        "store_processed": False,
        # Seconds between looks: at most one task is taken at each.
        "polling_interval": 0.1,
    }
    for _folder in (_BROKER / "queue", _BROKER / "control"):
        _folder.mkdir(parents=True, exist_ok=True)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
# How long the rota's search may look for a better week.
ROTA_SOLVE_SECONDS = env.float("ROTA_SOLVE_SECONDS", default=30)

# --- Wagtail ----------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Weft"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILIMAGES_IMAGE_MODEL = "cms.Picture"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "gif"]
TAGGIT_CASE_INSENSITIVE = True

# --- Logs: a line says what and which row, never who --------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {
        # The file queue of the demo has no host to name, and says so every time.
        "kombu.connection": {"level": "ERROR"},
        # A refused request is logged with its address, which may be a calendar's secret.
        "django.request": {"level": "ERROR"},
    },
}
