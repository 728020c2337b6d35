"""Settings of the tests: quick password hashes, an office of its own, the sample sign-in on."""

import atexit
import shutil
import tempfile
from pathlib import Path

from apportion.office.settings import *  # noqa: F403  the real settings, with the changes below

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
APPORTION_DEMO = True
APPORTION_CLUSTER_FILE = Path("absent")  # whatever the site of this machine has
APPORTION_TRACES = ""
APPORTION_LAB_NAME = "Northfield AI Lab"
ALLOWED_HOSTS = ["*"]
# Of the bytes 0 to 31, which everybody knows: it signs the checkpoints of tests alone.
APPORTION_JOURNAL_KEY = (
    "PRIVATE+KEY+northfield.example/journal+33d0e87e+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
)

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405  from the real settings
    # A file, as in the office: threads that share an office in memory lock each other out otherwise
    # than they do on disk. Its own folder a run, so that two runs never meet.
    folder = tempfile.mkdtemp(prefix="apportion-test-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    DATABASES["default"]["TEST"] = {"NAME": str(Path(folder) / "office.sqlite3")}  # noqa: F405  as above
