"""The admin site for operators, with the sign-in pages of the product."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from timetracker.pages import SeeOther, is_local_path
from users_app.models import User

_HIDDEN_APPS = {"account", "mfa"}


class OperatorSite(AdminSite):
    """Django's admin for operators who signed in on the product's page, with a second factor if it is required."""

    enable_nav_sidebar = False  # lists need the width, and the first page is one click away

    def register(self, model_or_iterable: Any, *args: Any, **options: Any) -> None:
        """Registers models, except django-allauth's, whose admin shows the secrets of authenticator apps."""
        models: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        super().register([each for each in models if each._meta.app_label not in _HIDDEN_APPS], *args, **options)  # noqa: SLF001

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and (
            not settings.ADMIN_NEEDS_SECOND_FACTOR or _gave_second_factor(request)
        )

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Redirects to the next step: signing in, giving the second factor, or setting one up."""
        asked = request.GET.get("next", "")
        target = asked if is_local_path(asked) else reverse("admin:index")
        if self.has_permission(request):
            return SeeOther(target)
        step = reverse("signin")
        if isinstance(request.user, User) and request.user.is_staff:
            methods = get_adapter().get_reauthentication_methods(request.user)
            step = next((each["url"] for each in methods if each["id"].startswith("mfa")), reverse("mfa_index"))
            if step == reverse("mfa_index"):
                messages.info(request, _("Operators need a second factor here. Set one up, then open the admin."))
        return SeeOther(f"{step}?{urlencode({'next': target})}")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Redirects to the product's page for signing out, which tells what this browser loses."""
        return SeeOther(reverse("signout"))


def _gave_second_factor(request: HttpRequest) -> bool:
    """Returns whether this browser signed in with a second factor or passkey that the user still has."""
    if not isinstance(request.user, User):
        return False
    given = [each["id"] for each in get_authentication_records(request, request.user) if each.get("method") == "mfa"]
    return bool(given) and Authenticator.objects.filter(user=request.user, pk__in=given).exists()
