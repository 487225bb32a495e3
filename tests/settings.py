"""The product's settings, made quick and quiet for tests. Not demo mode: doors are shut."""

import os
import tempfile
from pathlib import Path

_VAR = Path(os.environ.setdefault("WEFT_VAR", tempfile.mkdtemp(prefix="weft-test-")))
os.environ["SECRET_KEY"] = "test-" + "only-" * 12
os.environ["SECURE_SSL_REDIRECT"] = "false"

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, STORAGES  # noqa: E402

(_VAR / "static").mkdir(parents=True, exist_ok=True)

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1", "colne.example.org"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
SECURE_HSTS_SECONDS = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TELLER_KEY_COST = (1, 8192)
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
WHITENOISE_USE_FINDERS = True
STORAGES |= {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, so that threads and the browser's live server see the same rows.
    DATABASES["default"]["TEST"] = {"NAME": str(_VAR / "test.sqlite3")}
