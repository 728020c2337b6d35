"""Settings of the tests: quick password hashes, an office of its own, the sample sign-in on."""

import atexit
import shutil
import tempfile
from pathlib import Path

from apportion.office.settings import *  # noqa: F403  the real settings, with the changes below

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
APPORTION_DEMO = True
APPORTION_LAB_NAME = "Northfield AI Lab"
ALLOWED_HOSTS = ["*"]

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405  from the real settings
    # A file, as in the office: threads that share an office in memory lock each other out otherwise
    # than they do on disk. Its own folder a run, so that two runs never meet.
    folder = tempfile.mkdtemp(prefix="apportion-test-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    DATABASES["default"]["TEST"] = {"NAME": str(Path(folder) / "office.sqlite3")}  # noqa: F405  as above
