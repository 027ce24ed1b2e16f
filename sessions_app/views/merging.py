"""The guest whom a browser had before its user signed in: merged into the account, or left with a recovery code."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from sessions_app import services
from sessions_app.pages.actions import WEB, name_guests_form, show_code_again, show_guests_code
from sessions_app.services.merging import MERGED_LATELY
from timetracker.errors import DomainError
from timetracker.pages import next_url, now_of, redirect_back, respond
from users_app.browser_sessions import HELD
from users_app.guests import current_user
from users_app.models import MergedGuest, User
from users_app.sign_in import held_guest


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest) -> HttpResponse:
    """Asks whether to merge the guest. A POST merges, or shows a recovery code of the guest."""
    user, guest, form = current_user(request), held_guest(request), name_guests_form(request)
    if user is None or guest is None or user == guest:
        return show_code_again(request, form=form) or redirect_back(request)
    held = services.count_held(guest)
    if held.is_empty:  # nothing to merge, so that signing out need not ask about the guest
        del request.session[HELD]
        return redirect_back(request)
    if request.method != "POST":
        return _ask(request, user, guest, held)
    if request.POST.get("guest") != str(guest.pk):
        return _ask(request, user, guest, held, status=409)
    if request.POST.get("do") == "leave":
        del request.session[HELD]
        return show_guests_code(request, guest, form=form)
    try:
        merged = services.merge_guest(user, WEB, guest)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        del request.session[HELD]
        messages.success(request, _format_merged(merged), extra_tags=str(merged.changeset_id))
    return redirect_back(request)


def _ask(request: HttpRequest, user: User, guest: User, held: services.Held, *, status: int = 200) -> HttpResponse:
    context = {
        "guest": guest,
        "held": held,
        "obstacle": MERGED_LATELY if services.has_lately_merged(guest, now=now_of(request)) else "",
        "present": services.count_held(user),
        "name": user,
        "target": next_url(request),
    }
    return respond(request, "account/merge.html", context, status=status)


def _format_merged(merged: MergedGuest) -> str:
    text = ngettext("Brought %(count)d session along.", "Brought %(count)d sessions along.", merged.session_count)
    told = text % {"count": merged.session_count}
    if merged.entries:
        told += " " + _("Clients, projects and tags that were here by name are one now.")
    return told
