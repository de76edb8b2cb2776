"""Settings of the test suite: the same house with a scratch folder, quick password hashing and mail kept in memory."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "HEARTH_HOME" not in os.environ:
    _scratch = os.environ["HEARTH_HOME"] = tempfile.mkdtemp(prefix="hearth-test-")
    atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
if (_worker := os.environ.get("PYTEST_XDIST_WORKER")) and Path(os.environ["HEARTH_HOME"]).name != _worker:
    # One house, one folder: two that run at once count from 1 both, and would write each other's files.
    os.environ["HEARTH_HOME"] = str(Path(os.environ["HEARTH_HOME"]) / _worker)
    Path(os.environ["HEARTH_HOME"]).mkdir(exist_ok=True)

from hearth.project.settings import *  # noqa: F403
from hearth.project.settings import DATABASES, HEARTH_HOME

(HEARTH_HOME / "static").mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a folder that is not there
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if DATABASES["default"]["ENGINE"] == "hearth.core.sqlite":
    # A file, as in use: threads and other processes meet the same locks. A database in memory knows none of them.
    DATABASES["default"]["TEST"] = {"NAME": os.environ.get("HEARTH_TEST_DB") or str(HEARTH_HOME / "test.db")}
WHITENOISE_AUTOREFRESH = True  # files are looked for when asked for: a list of all is made anew by each test's browser
