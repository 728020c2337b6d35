"""Settings of the tests: quick password hashes, an office in memory, the sample sign-in on."""

from apportion.office.settings import *  # noqa: F403  the real settings, with the changes below

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
APPORTION_DEMO = True
APPORTION_LAB_NAME = "Northfield AI Lab"
ALLOWED_HOSTS = ["*"]
