"""The lab's own sign-in by OpenID Connect: allauth does the protocol, this adds what it leaves open.

Checked here: the provider speaks for the issuer that the site named; UserInfo is always read, and
is about the subject that the ID token names; every address is one that the office may go to.
"""

from typing import Any

import requests
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apportion.apps.people.directory import LONGEST_SUBJECT
from apportion.apps.people.factors import STRONG
from apportion.apps.people.sign_in_rules import tell_failure

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
KEPT = ("name", "email", "preferred_username")


class SiteAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """Talks to the provider."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """Reads the discovery document.

        Raises: OAuth2Error where it is of another issuer or lacks what a sign-in needs.
        """
        return _checked(super().openid_config)

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Reads UserInfo and the ID token, which must speak of the same subject.

        Raises: OAuth2Error.
        """
        said = self._fetch_user_info(token.token)
        id_token = kwargs["response"].get("id_token")
        if not id_token:
            raise OAuth2Error("the provider gave no ID token")
        claims = self._decode_id_token(app, id_token)
        if not isinstance(said, dict) or not said.get("sub"):
            raise OAuth2Error("UserInfo names no subject")
        if len(str(said["sub"])) > LONGEST_SUBJECT:
            raise OAuth2Error(f"the subject is longer than {LONGEST_SUBJECT} letters")
        if said["sub"] != claims.get("sub"):
            raise OAuth2Error("UserInfo is about somebody else than the ID token")
        amr = claims.get("amr")
        strong = isinstance(amr, list) and not STRONG.isdisjoint(map(str, amr))
        request.strong_by_provider = strong  # type: ignore[attr-defined]  # kept once it is known whose
        return self.get_provider().sociallogin_from_response(request, {"userinfo": said})


class SiteProvider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth has no types
    """The provider that the site named."""

    oauth2_adapter_class = SiteAdapter

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keeps of UserInfo what the office uses, and nothing more."""
        said = data["userinfo"]
        kept = {name: said[name] for name in KEPT if isinstance(said.get(name), str)}
        return {**kept, "groups": said.get(settings.APPORTION_OIDC_GROUPS)}

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Takes where to go afterwards from the form, and nothing else: no scope, no other process."""
        return {
            "process": AuthProcess.LOGIN,
            "next_url": get_next_redirect_url(request),
            "scope": self.get_scope(),
            "auth_params": self.get_auth_params(),
        }


@require_safe
def sign_in(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Sends somebody to the lab's sign-in.

    By a link and not by a form: our content policy lets forms go to this office alone.
    """
    _known(provider_id)
    view = OAuth2LoginView.adapter_view(SiteAdapter(request, provider_id))
    return _told(request, view)


@require_safe
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Takes them back, as whom the provider says."""
    _known(provider_id)
    view = OAuth2CallbackView.adapter_view(SiteAdapter(request, provider_id))
    return _told(request, view)


def _told(request: HttpRequest, view: Any) -> HttpResponse:
    try:
        answer: HttpResponse = view(request)
    except (requests.RequestException, OAuth2Error) as error:
        return tell_failure(request, error, cancelled=False)
    return answer


def _known(provider_id: str) -> None:
    if not settings.APPORTION_OIDC or provider_id != settings.APPORTION_OIDC_ID:
        raise Http404


def _checked(config: Any) -> dict[str, Any]:
    if not isinstance(config, dict):
        raise OAuth2Error("the discovery document is no object")
    if config.get("issuer") != settings.APPORTION_OIDC_ISSUER:
        raise OAuth2Error(
            f"the provider speaks for {config.get('issuer')!r} and not for "
            f"{settings.APPORTION_OIDC_ISSUER!r}"
        )
    missing = [name for name in ENDPOINTS if not isinstance(config.get(name), str)]
    if missing:
        raise OAuth2Error(f"the discovery document has no {', '.join(missing)}")
    return config
