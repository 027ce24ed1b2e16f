"""The actions in the admin's list of users. They call the services."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions_app import services
from sessions_app.admin.versioned import actor_of
from timetracker.errors import DomainError
from timetracker.pages import now_of
from users_app.models import User
from users_app.services.devices import end_devices
from users_app.services.links import issue_sign_in_link

Users = QuerySet[User]


@admin.action(description=gettext_lazy("End all devices"), permissions=["change"])
def end_all_devices(model_admin: object, request: HttpRequest, queryset: Users) -> None:
    """Signs accounts out of all browsers but this one. Guests stay signed in, as many could not return."""
    this = request.session.session_key
    ended = sum(end_devices(user, but=this) for user in queryset.exclude(email=None))
    text = ngettext("Ended %(count)d browser of accounts.", "Ended %(count)d browsers of accounts.", ended)
    messages.success(request, text % {"count": ended})
    if request.user in queryset:
        messages.info(request, _("This browser stays signed in; sign out to end it."))


@admin.action(description=gettext_lazy("Stop running session"), permissions=["change"])
def stop_running(model_admin: object, request: HttpRequest, queryset: Users) -> None:
    """Stops the users' running sessions, which the users can undo."""
    stopped = [services.stop_timer(user, actor_of(request)).stopped for user in queryset]
    count = sum(each is not None for each in stopped)
    text = ngettext("Stopped %(count)d session.", "Stopped %(count)d sessions.", count)
    messages.success(request, text % {"count": count})


@admin.action(description=gettext_lazy("Make sign-in link"), permissions=["change"])
def make_sign_in_link(model_admin: object, request: HttpRequest, queryset: Users) -> None:
    """Shows a sign-in link for one account, once, to be handed over. It replaces an earlier link."""
    users = list(queryset[:2])
    if len(users) != 1:
        messages.error(request, _("Select one account."))
        return
    if users[0].is_staff and not getattr(request.user, "is_superuser", False):
        messages.error(request, _("Only a superuser makes links for operators."))
        return
    try:
        link = issue_sign_in_link(users[0].email or "", now=now_of(request))
    except DomainError as error:
        messages.error(request, error.message)
        return
    messages.warning(request, _("For %(user)s, once, within 24 hours: %(link)s") % {"user": users[0], "link": link})
