"""Signing in; in the demo, one click to be one of the sample people."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from apportion.apps.people.forms import SignInForm
from apportion.apps.people.queries import find_person, list_sample_people

BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignIn(LoginView):
    """The door."""

    template_name = "people/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the sample people, in the demo alone."""
        context = super().get_context_data(**kwargs)
        if settings.APPORTION_DEMO:
            context["sample_people"] = list_sample_people()
        return context


@require_POST
def become(request: HttpRequest) -> HttpResponse:
    """Signs in as a sample person without a password: in the demo alone, elsewhere not there."""
    if not settings.APPORTION_DEMO:
        raise Http404
    person = find_person(request.POST.get("username", ""))
    if person.is_superuser or person.is_staff or not person.is_active:
        raise Http404
    login(request, person, backend=BACKEND)
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return redirect(wanted)
    return redirect("/")
