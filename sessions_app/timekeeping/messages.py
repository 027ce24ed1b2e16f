"""Messages that pure code composes in English and that views and forms translate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Union

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def gettext_noop(text: str) -> str:
    """Returns `text` unchanged. Its name tells makemessages that the text is to be translated."""
    return text


def english_date(day: date) -> str:
    """Returns `Mon 17 Nov 2025`, whatever the locale of the process."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


Value = Union[str, date, "Message"]
"""The value of a placeholder: text, a date, or another message, which is translated too."""


@dataclass(frozen=True, slots=True)
class Message:
    """A whole sentence or label with `%(name)s` placeholders, and their values. `str()` gives the English."""

    text: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def render(self, gettext: Callable[[str], str] = str, show_date: Callable[[date], str] = english_date) -> str:
        """Returns the sentence translated by `gettext`, with its dates formatted by `show_date`."""

        def shown(value: Value) -> str:
            if isinstance(value, Message):
                return value.render(gettext, show_date)
            return show_date(value) if isinstance(value, date) else value

        return gettext(self.text) % {name: shown(value) for name, value in self.values.items()}

    def __str__(self) -> str:
        return self.render()
