"""Settings of the test suite: the same house with a scratch folder, quick password hashing and mail kept in memory."""

import os
import tempfile

os.environ.setdefault("HEARTH_HOME", tempfile.mkdtemp(prefix="hearth-test-"))

from hearth.project.settings import *  # noqa: E402, F403
from hearth.project.settings import DATABASES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DATABASES["default"]["TEST"] = {"NAME": os.environ.get("HEARTH_TEST_DB")}
