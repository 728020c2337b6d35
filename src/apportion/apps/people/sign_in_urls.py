"""Addresses that allauth calls by name: the lab's sign-in and second factors, each behind a gate."""

from allauth.account.views import reauthenticate
from allauth.mfa.base.views import authenticate
from allauth.mfa.base.views import reauthenticate as reauthenticate_by_factor
from allauth.mfa.recovery_codes.views import generate_recovery_codes, view_recovery_codes
from allauth.mfa.totp.views import activate_totp, deactivate_totp
from django.urls import path

from apportion.apps.people import account_views, oidc, views
from apportion.apps.people.gates import allowed

own = allowed("account.own")

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="account_login"),
    path("login/factor/", authenticate, name="mfa_authenticate"),
    path("oidc/<str:provider_id>/login/", oidc.sign_in, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", oidc.callback, name="openid_connect_callback"),
    path("mine/account/", account_views.account, name="mfa_index"),
    path("mine/account/again/", own(reauthenticate), name="account_reauthenticate"),
    path("mine/account/factor/again/", own(reauthenticate_by_factor), name="mfa_reauthenticate"),
    path("mine/account/factor/", own(activate_totp), name="mfa_activate_totp"),
    path("mine/account/factor/remove/", own(deactivate_totp), name="mfa_deactivate_totp"),
    path("mine/account/codes/", own(view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "mine/account/codes/new/", own(generate_recovery_codes), name="mfa_generate_recovery_codes"
    ),
]
