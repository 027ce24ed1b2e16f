"""What pages say of the person who looks, and of their tokens."""

from datetime import date
from typing import Any

from django import template
from django.template.context import Context
from django.utils.translation import gettext as _

from sessions_app.timekeeping.periods import last_day_of
from users_app.device import differing_zone
from users_app.models import AccessToken, Scope
from users_app.zones import zone_label

register = template.Library()

register.filter("has_expired_at", AccessToken.has_expired_at)


@register.inclusion_tag("settings/_zone_notice.html", takes_context=True)
def zone_notice(context: Context) -> dict[str, Any]:
    """`{% zone_notice %}`: asks which zone to use while that of the device differs from the person's."""
    page = context["page"]
    zone = differing_zone(context["request"], now=page.now)
    if zone is None:
        return {}
    return {
        "zone": zone,
        "device": zone_label(zone),
        "account": zone_label(page.user.timezone),
        "here": context["here"],
    }


@register.filter
def rights(token: AccessToken) -> str:
    """What a token may do: `see everything; start, stop, add and change sessions`."""
    granted = [scope for scope in Scope if scope in token.scopes]
    return _("do everything") if granted == list(Scope) else "; ".join(str(scope.label) for scope in granted)


@register.simple_tag(takes_context=True)
def last_day(context: Context, token: AccessToken) -> date | None:
    """The last day on which a token works, for the person who looks; None if there is no last one."""
    if token.expires_at is None:
        return None
    return last_day_of(token.created_at, token.expires_at, context["page"].user.zone)
