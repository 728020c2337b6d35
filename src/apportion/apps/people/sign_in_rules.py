"""What allauth asks this office: who may come in, as whom, and with which second factor."""

import base64
import hashlib
from typing import Any

import qrcode
import requests
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from qrcode.image.svg import SvgPathFillImage

from apportion.adapters.oidc.client import AddressRefused, guarded_session
from apportion.apps.people.directory import Entry, admit, refresh
from apportion.apps.people.factors import needs_factor, note_strength
from apportion.apps.people.models import Person
from apportion.core.refusals import Code, Refusal, Refused


class AccountRules(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts are made by operators and by the directory, never by strangers."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  allauth's signature
        """Says no to whoever fills a form."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Leads nowhere but to this office, under the name by which it was called."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, {request.get_host()}, require_https=request.is_secure()
        )

    def respond_user_inactive(self, request: HttpRequest, user: Person) -> HttpResponse:  # noqa: ARG002  allauth's signature
        """Says to somebody whom the lab's sign-in let through that the account here is closed."""
        refusal = Refusal(
            code=Code.NOT_ALLOWED,
            subject="This account is closed",
            remedy="Ask the operator of this office whether that is right.",
        )
        raise Refused([refusal])

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Sends nothing: the trail on the account's page tells what was done."""

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Says nothing: each page says in its title what is so."""


class DirectoryRules(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """People of the lab's sign-in come in as who they are by (issuer, subject), whatever their mail."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002  allauth's signature
        """Lets whoever the lab's sign-in vouches for in; without a role they may do nothing."""
        return True

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> Any:  # noqa: ARG002  allauth's signature
        """Knows the site's settings alone: nobody adds a provider through a table."""
        from allauth.socialaccount.adapter import _build_apps_from_settings

        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def get_provider(self, request: HttpRequest, provider: Any, client_id: Any = None) -> Any:
        """Gives the provider with our checks around it."""
        from apportion.apps.people.oidc import SiteProvider

        return SiteProvider(request, app=self.get_app(request, provider, client_id))

    def get_requests_session(self) -> requests.Session:
        """Reaches public addresses alone, and what the site has named."""
        return guarded_session(private_hosts=settings.APPORTION_OIDC_PRIVATE_HOSTS)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Brings name, address and roles up to date, or joins somebody whom the directory told of."""
        entry = entry_of(sociallogin)
        sociallogin.email_addresses = []  # an address is a fact about a person and never proof of one
        now = request.now  # type: ignore[attr-defined]  # of the clock
        if not sociallogin.is_existing:
            sociallogin.connect(request, admit(entry=entry, now=now))
        refresh(sociallogin.user, entry=entry, now=now)
        note_strength(
            request, sociallogin.user, strong=getattr(request, "strong_by_provider", False)
        )

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,  # noqa: ARG002  allauth's signature
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,  # noqa: ARG002  as above
    ) -> None:
        """Says in words what happened and what to do; nothing is half done."""
        raise ImmediateHttpResponse(
            tell_failure(request, exception, cancelled=error == "cancelled")
        )


class FactorRules(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors: their secrets are kept encrypted, and who must have one keeps it."""

    def get_totp_issuer(self) -> str:
        """Names the lab in the person's app."""
        return f"Apportion {settings.APPORTION_LAB_NAME}"

    def get_totp_label(self, user: Person) -> str:
        """Names the person as they sign in."""
        return user.username

    def build_totp_svg(self, url: str) -> str:
        """Draws the code on white, so that a phone reads it from a dark page too."""
        drawn = qrcode.make(url, image_factory=SvgPathFillImage)
        return str(drawn.to_string(encoding="unicode"))

    def encrypt(self, text: str) -> str:
        """Encrypts what would let a thief of the tables make codes."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Reads it back."""
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Says no to somebody whose roles need a second factor."""
        return not needs_factor(authenticator.user)


def entry_of(sociallogin: SocialLogin) -> Entry:
    """Reads what the provider says of a person, whatever shape it comes in."""
    said = sociallogin.account.extra_data
    groups = said.get("groups")
    return Entry(
        subject=sociallogin.account.uid,
        username=str(said.get("preferred_username") or ""),
        name=str(said.get("name") or ""),
        email=str(said.get("email") or ""),
        groups=frozenset(map(str, groups)) if isinstance(groups, list) else frozenset(),
    )


def tell_failure(
    request: HttpRequest, exception: Exception | None, *, cancelled: bool
) -> HttpResponse:
    """Makes the page of a sign-in that did not come through."""
    away = isinstance(exception, requests.RequestException) and not isinstance(
        exception, AddressRefused
    )
    context = {"away": away, "cancelled": cancelled, "why": str(exception or "")}
    return render(request, "people/sign_in_failed.html", context, status=503 if away else 401)


def _fernet() -> Fernet:
    key = hashlib.sha256(b"apportion second factors\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
