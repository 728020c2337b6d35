"""A real OpenID provider (django-oauth-toolkit) in a process of its own: `provider.py PORT FOLDER`.

What it says of whoever is at the browser stands in FOLDER/said.json, read anew for each answer:
`claims` of UserInfo and ID token, `userinfo` (what UserInfo answers instead), `discovery` (what the
discovery document says besides), and `slow` to hang.
"""

import json
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

PORT, FOLDER = int(sys.argv[1]), Path(sys.argv[2])
ISSUER = f"http://127.0.0.1:{PORT}/o"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


sys.modules["provider"] = sys.modules[__name__]  # Django finds this file by the name below


def said():
    """Reads what is to be said now."""
    return json.loads((FOLDER / "said.json").read_text())


settings.configure(
    SECRET_KEY="a provider of tests",
    DEBUG=False,
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="provider",
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "oauth2_provider",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "provider.already_signed_in",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(FOLDER / "provider.sqlite3"),
        }
    },
    OAUTH2_PROVIDER={
        "OIDC_ENABLED": True,
        "OIDC_ISS_ENDPOINT": ISSUER,
        "OIDC_RSA_PRIVATE_KEY": KEY.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode(),
        "SCOPES": dict.fromkeys(("openid", "profile", "email", "groups"), "x"),
        "OAUTH2_VALIDATOR_CLASS": "provider.Says",
        "PKCE_REQUIRED": True,
    },
)
django.setup()

from django.contrib.auth import get_user_model, login  # noqa: E402  only after setup
from django.core.management import call_command  # noqa: E402  as above
from django.core.wsgi import get_wsgi_application  # noqa: E402  as above
from django.http import HttpResponse, JsonResponse  # noqa: E402  as above
from django.urls import include, path  # noqa: E402  as above
from oauth2_provider.models import Application  # noqa: E402  as above
from oauth2_provider.oauth2_validators import OAuth2Validator  # noqa: E402  as above
from oauth2_provider.views import ConnectDiscoveryInfoView, UserInfoView  # noqa: E402  as above


class Says(OAuth2Validator):
    """Says of a person what the file holds."""

    oidc_claim_scope = None

    def get_additional_claims(self, request):
        """Gives the claims, the subject too."""
        return said()["claims"]


def already_signed_in(get_response):
    """Stands for the session that a person already has with their lab."""

    def answer(request):
        if not request.user.is_authenticated and request.path.startswith("/o/authorize"):
            login(request, get_user_model().objects.get(username="somebody"))
        return get_response(request)

    return answer


def user_info(request):
    """Answers as the toolkit does, unless the file wants otherwise."""
    instead = said().get("userinfo")
    if instead is None:
        return UserInfoView.as_view()(request)
    return HttpResponse(json.dumps(instead["body"]), status=instead["status"])


def discovery(request):
    """Answers as the toolkit does, with what the file changes."""
    document = json.loads(ConnectDiscoveryInfoView.as_view()(request).content)
    changed = {**document, **said().get("discovery", {})}
    return JsonResponse({name: value for name, value in changed.items() if value is not None})


urlpatterns = [
    path("o/userinfo/", user_info),
    path("o/.well-known/openid-configuration", discovery),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    def log_message(self, *args):
        """Says nothing."""


class Threads(ThreadingMixIn, WSGIServer):
    """One thread a call."""

    daemon_threads = True


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    get_user_model().objects.create(username="somebody")
    Application.objects.create(
        name="office",
        client_id="office",
        client_secret="a secret of tests",
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        redirect_uris=sys.argv[3],
        skip_authorization=True,
        algorithm=Application.RS256_ALGORITHM,
    )
    server = Threads(("127.0.0.1", PORT), Quiet)
    server.set_app(get_wsgi_application())
    (FOLDER / "ready").touch()
    server.serve_forever()
