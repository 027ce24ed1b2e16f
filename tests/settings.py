"""The product's settings, with a temporary data folder and without limits of requests.

Only DATABASE_URL is taken from the environment; script/test sets it to run the suite on PostgreSQL.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_folder = tempfile.mkdtemp(prefix="timetracker-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
for _name in (
    "HOST",
    "PORT",
    "BASE_URL",
    "SECRET_KEY",
    "SECRET_KEY_FILE",
    "SECRET_KEY_FALLBACKS",
    "REGISTRATION",
    "RATE_LIMITS",
    "API_ORIGINS",
    "LOG_LEVEL",
    "LOG_FORMAT",
    "METRICS",
    "METRICS_TOKEN",
    "DEBUG",
):
    os.environ.pop(_name, None)
os.environ["DATA_DIR"] = _folder
os.environ["RATE_LIMITS"] = "off"

from timetracker.settings import *  # noqa: E402, F403
from timetracker.settings import DATABASES, STORAGES  # noqa: E402

# A file, as in production: an in-memory database has neither WAL nor locks.
DATABASES["default"]["TEST"] = (
    {"NAME": f"{_folder}/test.sqlite3"} if DATABASES["default"]["ENGINE"] == "timetracker.db.sqlite" else {}
)
# Static files are not collected for the tests. Browser tests run the real server, which collects them.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# An empty folder, because whitenoise scans it for every client that a test makes.
STATIC_ROOT = f"{_folder}/static"
Path(STATIC_ROOT).mkdir()
# A fast hasher, since Argon2 is slow by design.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
