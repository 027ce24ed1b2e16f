"""Template tags about a user's device, guest, e-mail address and tokens."""

from datetime import date, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django import template
from django.conf import settings
from django.template.context import Context
from django.utils.translation import gettext as _

from timetracker.pages import now_of
from users_app.device import differing_zone, writes_decimal_commas
from users_app.guests import current_user
from users_app.models import AccessToken, Scope, User
from users_app.services.accounts import find_unconfirmed
from users_app.sign_in import held_guest
from users_app.zones import zone_label

register = template.Library()

register.filter("has_expired_at", AccessToken.has_expired_at)


@register.inclusion_tag("settings/_zone_notice.html", takes_context=True)
def zone_notice(context: Context) -> dict[str, Any]:
    """`{% zone_notice %}`: asks which zone to use, if the device's zone differs from the user's."""
    request = context["request"]
    zone = differing_zone(request, now=now_of(request))
    if zone is None:
        return {}
    account = zone_label(request.user.timezone)
    return {"zone": zone, "device": zone_label(zone), "account": account, "here": context["here"]}


@register.simple_tag(takes_context=True)
def has_decimal_commas(context: Context) -> bool:
    """`{% has_decimal_commas as by_language %}`: whether spreadsheets on this device probably use decimal commas."""
    return writes_decimal_commas(context["request"])


@register.simple_tag(takes_context=True, name="held_guest")
def held_guest_of_browser(context: Context) -> User | None:
    """`{% held_guest as held %}`: the guest whom this browser had before the user signed in."""
    return held_guest(context["request"])


@register.simple_tag(takes_context=True)
def unconfirmed_address(context: Context) -> EmailAddress | None:
    """`{% unconfirmed_address as address %}`: the user's unconfirmed address, None without one or without mail."""
    user = current_user(context["request"])
    return find_unconfirmed(user) if user is not None and settings.MAIL_IS_CONFIGURED else None


@register.filter
def rights(token: AccessToken) -> str:
    """Returns what a token may do: `see everything; start, stop, add and change sessions`."""
    granted = [scope for scope in Scope if scope in token.scopes]
    return _("do everything") if granted == list(Scope) else "; ".join(str(scope.label) for scope in granted)


@register.simple_tag(takes_context=True)
def last_day(context: Context, token: AccessToken) -> date | None:
    """`{% last_day token as day %}`: the last day on which a token is valid, in the user's zone; None without one."""
    if token.expires_at is None:
        return None
    last_instant = max(token.created_at, token.expires_at - timedelta(seconds=1))
    return last_instant.astimezone(context["request"].user.zone).date()
