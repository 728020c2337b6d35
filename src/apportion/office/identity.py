"""Settings of who may sign in and how: passwords, the lab's own sign-in, second factors."""

import hashlib

from apportion.office.config import Settings

IDENTITY_APPS = (
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
)


def provider_id(issuer: str) -> str:
    """Names a provider after its issuer, so that an identity is always (issuer, subject).

    Where a site turns to another provider, nobody inherits an account by an equal subject.
    """
    return f"site-{hashlib.sha256(issuer.encode()).hexdigest()[:12]}"


def listed(text: str) -> frozenset[str]:
    """Takes a list apart that is joined by commas."""
    return frozenset(part.strip() for part in text.split(",") if part.strip())


SITE = Settings()
APP = {
    "provider_id": provider_id(SITE.oidc_issuer),
    "name": SITE.oidc_name,
    "client_id": SITE.oidc_client_id,
    "secret": SITE.oidc_client_secret,
    "settings": {
        "server_url": f"{SITE.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        "oauth_pkce_enabled": True,
        "fetch_userinfo": True,
        "scope": ["openid", "profile", "email", *sorted(listed(SITE.oidc_scopes))],
    },
}

APPORTION_OIDC = bool(SITE.oidc_issuer)
APPORTION_OIDC_ID = APP["provider_id"]
APPORTION_OIDC_NAME = SITE.oidc_name
APPORTION_OIDC_ISSUER = SITE.oidc_issuer
APPORTION_OIDC_GROUPS = SITE.oidc_groups_claim
APPORTION_OIDC_PRIVATE_HOSTS = listed(SITE.oidc_private_hosts)
APPORTION_MFA_ROLES = listed(SITE.mfa_roles)
APPORTION_SCIM_TOKEN = SITE.scim_token

SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [APP] if SITE.oidc_issuer else []}}
SOCIALACCOUNT_ADAPTER = "apportion.apps.people.sign_in_rules.DirectoryRules"
SOCIALACCOUNT_LOGIN_ON_GET = True  # no page of allauth's stands in between
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_UID_MAX_LENGTH = 255

ACCOUNT_ADAPTER = "apportion.apps.people.sign_in_rules.AccountRules"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {
    "login_failed": "60/m/ip,5/300s/key",
    "reauthenticate": "10/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = SITE.proxies

MFA_ADAPTER = "apportion.apps.people.sign_in_rules.FactorRules"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True

# In the database, so that the bounds on guessing hold over all workers.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "office_cache",
    }
}
