"""Addresses of writing requests."""

from django.urls import path

from apportion.apps.apply import draft_views, files, views

app_name = "apply"
urlpatterns = [
    path("rounds/<str:slug>/requests/new/", views.new_request, name="new"),
    path("rounds/<str:slug>/requests/check/", views.check, name="check"),
    path("rounds/<str:slug>/requests/import/", draft_views.import_file, name="import"),
    path("requests/<str:ref>/save/", draft_views.save, name="save"),
    path("requests/<str:ref>/ask/", draft_views.ask, name="ask"),
    path("requests/<str:ref>/versions/", draft_views.versions, name="versions"),
    path("requests/<str:ref>/files/", draft_views.attach, name="attach"),
    path("requests/<str:ref>/files/<int:number>/", draft_views.attachment, name="attachment"),
    path("requests/<str:ref>/files/<int:number>/remove/", draft_views.detach, name="detach"),
    path("requests/<str:ref>/move/", views.step, {"verb": "move"}, name="move"),
    path("requests/<str:ref>/edit/", views.edit_request, name="edit"),
    path("requests/<str:ref>/submit/", views.step, {"verb": "submit"}, name="submit"),
    path("requests/<str:ref>/reopen/", views.step, {"verb": "reopen"}, name="reopen"),
    path("requests/<str:ref>/withdraw/", views.step, {"verb": "withdraw"}, name="withdraw"),
    path("requests/<str:ref>/versions/versions.<str:kind>", files.versions, name="versions-file"),
]
