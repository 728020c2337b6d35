"""All addresses: each app brings its own."""

from importlib.util import find_spec

from django.apps import apps
from django.urls import include, path

urlpatterns = [path("api/", include("apportion.office.api.urls"))]  # first: programs call most
urlpatterns += [
    path("", include("apportion.apps.people.sign_in_urls")),
]
urlpatterns += [
    path("", include(f"{app.name}.urls"))
    for app in apps.get_app_configs()
    if app.name.startswith("apportion.apps.") and find_spec(f"{app.name}.urls")
]
