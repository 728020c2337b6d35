"""Addresses of signing in and out, and of what ties people."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from apportion.apps.people import account_views, files, scim, ties_views, views

app_name = "people"
urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(next_page="people:login"), name="logout"),
    path("demo/be/", views.become, name="become"),
    path("people/", ties_views.people, name="people"),
    path("mine/ties/", ties_views.mine, name="ties"),
    path("people/groups/", account_views.groups, name="groups"),
    path("people/<str:username>/close/", account_views.close, name="close"),
    path("scim/v2/Users", scim.users, name="scim-users"),
    path("scim/v2/Users/<str:number>", scim.user, name="scim-user"),
    path("scim/v2/ServiceProviderConfig", scim.provider_config, name="scim-config"),
    path("mine/tokens/new/", account_views.make_token, name="make-token"),
    path("mine/tokens/revoke/", account_views.revoke_token, name="revoke-token"),
    path("mine/delegations/new/", account_views.lend, name="lend"),
    path("mine/delegations/end/", account_views.take_back, name="take-back"),
    path("mine/delegations/act/", account_views.act_for, name="act-for"),
    path("mine/ties/work/", ties_views.work, name="work"),
    path("people/people.<str:kind>", files.people, name="people-file"),
    path("people/teams.<str:kind>", files.teams, name="teams-file"),
    path("mine/ties/declared.<str:kind>", files.declared, name="declared-file"),
    path("mine/ties/works.<str:kind>", files.works, name="works-file"),
]
