"""Addresses of signing in and out, and of what ties people."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from apportion.apps.people import account_views, files, scim, scim_offered, ties_views, views

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
    path("scim/v2/ServiceProviderConfig", scim_offered.provider_config, name="scim-config"),
    path("scim/v2/ResourceTypes", scim_offered.resource_types, name="scim-types"),
    path("scim/v2/ResourceTypes/<str:name>", scim_offered.resource_types, name="scim-type"),
    path("scim/v2/Schemas", scim_offered.schemas, name="scim-schemas"),
    path("scim/v2/Schemas/<str:name>", scim_offered.schemas, name="scim-schema"),
    path("mine/tokens/new/", account_views.make_token, name="make-token"),
    path("mine/tokens/revoke/", account_views.revoke_token, name="revoke-token"),
    path("mine/delegations/new/", account_views.lend, name="lend"),
    path("mine/delegations/end/", account_views.take_back, name="take-back"),
    path("mine/delegations/act/", account_views.act_for, name="act-for"),
    path("mine/ties/work/", ties_views.work, name="work"),
    path("mine/account/tokens.<str:kind>", files.tokens, name="tokens-file"),
    path("mine/account/lent.<str:kind>", files.lent, name="lent-file"),
    path("mine/account/trail.<str:kind>", files.trail, name="trail-file"),
    path("people/groups/groups.<str:kind>", files.groups, name="groups-file"),
    path("people/people.<str:kind>", files.people, name="people-file"),
    path("people/teams.<str:kind>", files.teams, name="teams-file"),
    path("mine/ties/declared.<str:kind>", files.declared, name="declared-file"),
    path("mine/ties/works.<str:kind>", files.works, name="works-file"),
]
