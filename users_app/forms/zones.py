"""The field for a time zone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from timetracker.forms.suggestions import SuggestingInput
from users_app.zones import LIKELY_ZONES, MAX_ZONE_LENGTH, read_zone


class ZoneField(forms.CharField):
    """A time zone, typed as its name in the IANA database or as its city, in any case. The value is the name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=SuggestingInput(suggestions=LIKELY_ZONES, url_name="zone_options"),
            error_messages={"required": _("Give a time zone, such as Berlin or New York.")},
            **{"label": _("Time zone"), "max_length": MAX_ZONE_LENGTH, **kwargs},
        )

    def to_python(self, value: Any) -> str:
        """Returns the name of the zone. Raises ValidationError `invalid_timezone`."""
        typed = super().to_python(value)
        return read_zone(typed) if typed else ""
