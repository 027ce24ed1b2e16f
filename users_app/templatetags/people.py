"""What pages say of the person who looks."""

from typing import Any

from django import template
from django.template.context import Context

from users_app.device import differing_zone
from users_app.zones import place_of

register = template.Library()


@register.inclusion_tag("_zone_notice.html", takes_context=True)
def zone_notice(context: Context) -> dict[str, Any]:
    """`{% zone_notice %}`: asks which zone to use while that of the device differs from the person's."""
    visit = context["visit"]
    zone = differing_zone(context["request"], now=visit.now)
    if zone is None:
        return {}
    return {"zone": zone, "device": place_of(zone), "account": place_of(visit.user.timezone), "here": context["here"]}
