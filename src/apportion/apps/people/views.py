"""Signing in; in the demo, one click to be one of the sample people."""

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm
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
        context["oidc"] = settings.APPORTION_OIDC
        context["oidc_name"] = settings.APPORTION_OIDC_NAME
        context["oidc_id"] = settings.APPORTION_OIDC_ID
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Takes a name and a password, some times in five minutes and no more."""
        key = request.POST.get("username", "").strip().lower()[:150]
        self.tries = ratelimit.consume(
            request, app="allauth.account", action="login_failed", key=key
        )
        if not self.tries:
            context = self.get_context_data(form=SignInForm(request), too_often=True)
            return self.render_to_response(context, status=429)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Goes on to the second factor, where the person has one."""
        if self.tries:
            self.tries.rollback()  # a right password does not count
        person = form.get_user()
        words = Login(user=person, redirect_url=self.get_success_url(), email_verification="none")
        answer: HttpResponse = perform_password_login(
            self.request, {"username": person.get_username()}, words
        )
        return answer


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
