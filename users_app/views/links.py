"""The pages of sign-in links and invitations. A GET changes nothing, since programs that scan mail open links, too."""

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from timetracker.pages import SeeOther, form_to_service, now_of, respond
from users_app.device import guess_settings
from users_app.forms.account import KeepForm, LinkForm
from users_app.guests import current_user
from users_app.models import User
from users_app.services.accounts import find_unconfirmed, keeps_second_factors
from users_app.services.links import accept_invitation, find_link, use_sign_in_link
from users_app.sign_in import DISMISSED, count_for_address, sign_in, stay_signed_in


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def signin_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Signs the user of a link in with a button; a second factor is required as after a password."""
    link = find_link(secret, is_invitation=False, now=now_of(request))
    held = current_user(request)
    if link is None or link.user is None:
        return respond(request, "account/link_used.html", status=404)
    form = LinkForm(request.POST if request.method == "POST" else None, user=link.user)
    if request.method == "POST":
        count_for_address(request)
        if form.is_valid():
            user = use_sign_in_link(link, password=form.cleaned_data["password"], now=now_of(request))
            if held == user and not form.cleaned_data["password"]:
                return SeeOther(reverse("today"))
            response: HttpResponse = perform_login(request, user, redirect_url=reverse("today"))
            return response
    status = 422 if form.is_bound else 200
    stay = keeps_second_factors(link.user)
    context = {"form": form, "link": link, "second_factors_stay": stay}
    return respond(request, "account/signin_link.html", context, status=status)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Creates the account of an invitation, from the guest of this browser if there is one."""
    now = now_of(request)
    link = find_link(secret, is_invitation=True, now=now)
    if link is None:
        return respond(request, "account/link_used.html", status=404)
    present = current_user(request)
    user = present if present is not None and present.is_guest else User(**guess_settings(request))
    form = KeepForm(request.POST if request.method == "POST" else None, user=user, initial={"email": link.email})
    if request.method == "POST":
        count_for_address(request)
        made = form_to_service(
            form,
            lambda: accept_invitation(user, link=link, now=now, **form.cleaned_data),
            conflict_field="email",
        )
        if made is not None:
            (stay_signed_in if made == present else sign_in)(request, made)
            request.session[DISMISSED] = True
            messages.success(request, _("Your account is made. Sign in with it from anywhere."))
            typed = find_unconfirmed(made)
            if settings.MAIL_IS_CONFIGURED and typed is not None:
                typed.send_confirmation(request)
            return SeeOther(reverse("today"))
    status = 422 if form.is_bound else 200
    return respond(request, "account/invitation.html", {"form": form}, status=status)
