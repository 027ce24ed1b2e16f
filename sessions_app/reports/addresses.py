"""Forms that read a report or timesheet from its query string, which has all of its parameters, for bookmarks.

They are not in `forms`, since saved reports and share links store query strings, through pages and API alike.
"""

import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar, Literal, cast
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.models.catalogue import CatalogueEntry
from sessions_app.models.querysets import SessionFilter
from sessions_app.reports import Dimension, ReportQuery
from sessions_app.reports.labels import ALL_TIME
from sessions_app.reports.presets import PRESETS, preset_periods
from sessions_app.selectors.catalogue import Catalogue
from sessions_app.timekeeping.periods import Period
from sessions_app.timekeeping.rounding import ROUNDING_MINUTES, Rounding
from timetracker.errors import FieldError, InvalidInputError
from timetracker.forms.fields import DayField
from users_app.models import User

_NONE = "none"
_DAY = dt.timedelta(days=1)
PERIOD = ("period", "from", "to")
"""The parameters of the period in a query string."""
_MINUTES = [(0, gettext_lazy("Not at all")), *((each, f"{each} min") for each in ROUNDING_MINUTES if each)]
_DIRECTIONS = [("up", gettext_lazy("Up")), ("nearest", gettext_lazy("To the nearest")), ("down", gettext_lazy("Down"))]
_UNITS = [
    ("session", gettext_lazy("Session")),
    ("day", gettext_lazy("Project and day")),
    ("project", gettext_lazy("Project")),
]
DIMENSIONS = [
    ("day", gettext_lazy("Day")),
    ("week", gettext_lazy("Week")),
    ("month", gettext_lazy("Month")),
    ("client", gettext_lazy("Client")),
    ("project", gettext_lazy("Project")),
    ("tag", gettext_lazy("Tags")),
    ("name", gettext_lazy("Name")),
]


class PeriodForm(forms.Form):
    """A period, filters and rounding, read from a query string.

    Missing parameters have defaults: this month without days, no limit for an empty day. A preset period
    (`period=last_week`) is relative to today, and ignored if other days are given. Invalid parameters are left out of
    `query` and `address`, and have errors at their fields. The day `to` is included in the period, unlike in the API.
    """

    FILTERS: ClassVar[dict[str, str]] = {"project": "project", "client": "client", "billable": "billable"}
    """The fields that filter sessions, by their names in `SessionFilter`."""
    DEFAULTS: ClassVar[dict[str, str]] = {
        "billable": "all",
        "rounding": "0",
        "direction": Rounding().direction,
        "per": Rounding().unit,
    }
    _HTML_NAMES: ClassVar[dict[str, str]] = {"preset": "period", "first": "from", "last": "to"}  # “from” is Python's

    preset = forms.ChoiceField(choices=[*PRESETS.items()], required=False, widget=forms.HiddenInput)
    first = DayField(label=gettext_lazy("First day"), required=False)
    last = DayField(label=gettext_lazy("Last day"), required=False)
    client = forms.ChoiceField(label=gettext_lazy("Client"), required=False)
    project = forms.ChoiceField(label=gettext_lazy("Project"), required=False)
    billable = forms.ChoiceField(
        label=gettext_lazy("Billable"),
        choices=[
            ("all", gettext_lazy("All sessions")),
            ("yes", gettext_lazy("Billable only")),
            ("no", gettext_lazy("Not billable only")),
        ],
    )
    rounding = forms.TypedChoiceField(label=gettext_lazy("Round to"), choices=_MINUTES, coerce=int)
    direction = forms.ChoiceField(label=gettext_lazy("Direction"), choices=_DIRECTIONS)
    per = forms.ChoiceField(
        label=gettext_lazy("Round each"),
        choices=_UNITS,
    )

    def __init__(self, data: QueryDict, *, user: User, today: dt.date, catalogue: Catalogue) -> None:
        self.presets = preset_periods(today, user.week_start)
        self.user, self.catalogue = user, catalogue
        super().__init__(self._with_defaults(data), auto_id="id_report_%s")
        self.fields["client"].choices = self._offered(  # type: ignore[attr-defined]
            catalogue.clients.values(), every=_("All clients"), without=_("No client")
        )
        self.fields["project"].choices = self._offered(  # type: ignore[attr-defined]
            catalogue.projects.values(), every=_("All projects"), without=_("No project")
        )
        for field in self.fields.values():
            message = _("There is no such choice. Choose one of the list.")
            field.error_messages |= {"invalid_choice": message, "required": message}
        for name in ("first", "last"):
            self.fields[name].error_messages["invalid"] = _("This is no date. Give one such as 2026-11-18.")

    def add_prefix(self, field_name: str) -> str:
        """Returns the name of a field in the query string."""
        return self._HTML_NAMES.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        """Rejects a last day before the first."""
        values = self.cleaned_data
        if values.get("first") and values.get("last") and values["last"] < values["first"]:
            self.add_error("last", _("The last day is before the first. Give a later one."))
        return values

    @cached_property
    def query(self) -> ReportQuery:
        """The query of the valid parameters."""
        return ReportQuery(self.period, self.group_by, self.where, self.rounding_policy, self.user.week_start)

    @property
    def period(self) -> Period:
        """The period; this month if it is invalid."""
        if {"first", "last"} & self.errors.keys():
            return self.presets["month"]
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        return Period(first or ALL_TIME.first, last + _DAY if last else ALL_TIME.end)

    @property
    def group_by(self) -> tuple[Dimension, ...]:
        """The dimensions, in their order."""
        return ()

    @property
    def where(self) -> SessionFilter:
        """The filter of sessions."""
        given = self._understood
        return SessionFilter(
            project=_id_or_none(given["project"]),
            client=_id_or_none(given["client"]),
            billable={"yes": True, "no": False}.get(given["billable"]),
        )

    @property
    def rounding_policy(self) -> Rounding:
        """The rounding."""
        given = self._understood
        if not given["rounding"]:
            return Rounding()
        return Rounding(int(given["rounding"]), given["direction"], given["per"])

    def check(self) -> None:
        """Raises InvalidInputError with all errors, for files, which must not leave out parameters."""
        if not self.is_valid():
            errors = [
                FieldError(name, "invalid", f"{self[name].label}: {message}")
                for name, messages in self.errors.items()
                for message in cast("list[str]", messages)
            ]
            raise InvalidInputError(*errors)

    def address(self, **changes: object) -> str:
        """Returns a query string of the valid parameters, with some of them changed.

        `changes` are by the names of the query string; None leaves a parameter out.
        """
        preset = self.cleaned_data.get("preset")
        given: dict[str, object] = {name: changes[name] for name in PERIOD if name in changes}
        values = {
            **(given or ({"period": preset} if preset else _days_of(self.period))),
            **{name: value for name, value in self._understood.items() if self._matters(name, value)},
            **changes,
        }
        address = QueryDict(mutable=True)
        for name, value in values.items():
            if value is not None:
                address.setlist(name, [str(each) for each in value] if isinstance(value, list) else [str(value)])
        return address.urlencode()

    @property
    def is_filtered(self) -> bool:
        """Whether any filter is set."""
        return bool(self.where)

    @property
    def _understood(self) -> dict[str, Any]:
        """The values of all fields except the days, with defaults for invalid ones."""
        wrong = self.errors.keys()
        return {
            name: self.DEFAULTS.get(name, "") if name in wrong else self.cleaned_data[name]
            for name in self.fields
            if name not in self._HTML_NAMES
        }

    def _matters(self, name: str, value: Any) -> bool:
        """Returns whether a query string needs the parameter."""
        if name in {"direction", "per"}:
            return bool(self._understood["rounding"])
        return bool(value) and str(value) != self.DEFAULTS.get(name)

    def _with_defaults(self, data: QueryDict) -> QueryDict:
        given = data.copy()
        preset = str(given.get("period", "" if {"from", "to"} & given.keys() else "month"))
        if "period" in given and preset not in self.presets:
            preset = "month"
        if preset:
            days = _days_of(self.presets[preset])
            is_meant = all(given.get(name, day) == day for name, day in days.items())
            given.update({"period": preset if is_meant else "", **(days if is_meant else {})})
        for name, value in self.DEFAULTS.items():
            given.setdefault(name, value)
        return given

    @staticmethod
    def _offered(entries: Iterable[CatalogueEntry], *, every: str, without: str = "") -> list[Any]:
        """Returns choices of all entries that are not deleted, archived ones last."""
        not_deleted = [each for each in entries if each.deleted_at is None]
        archived = [(str(each.id), each.name) for each in not_deleted if each.archived]
        choices: list[Any] = [("", every), *([(_NONE, without)] if without else [])]
        choices += [(str(each.id), each.name) for each in not_deleted if not each.archived]
        return [*choices, (_("Archived"), archived)] if archived else choices


class ReportForm(PeriodForm):
    """A report by up to three dimensions."""

    field_order = (
        "first", "last", "group", "then", "third",
        "client", "project", "billable", "q", "tag", "rounding", "direction", "per",
    )  # fmt: skip
    FILTERS: ClassVar[dict[str, str]] = {**PeriodForm.FILTERS, "tag_ids": "tag", "text": "q"}
    DEFAULTS: ClassVar[dict[str, str]] = {**PeriodForm.DEFAULTS, "group": "project"}

    group = forms.ChoiceField(
        label=gettext_lazy("Group by"),
        required=False,
        choices=[("", gettext_lazy("Nothing, one total")), *DIMENSIONS],
    )
    then = forms.ChoiceField(
        label=gettext_lazy("Then by"), required=False, choices=[("", gettext_lazy("Nothing more")), *DIMENSIONS]
    )
    third = forms.ChoiceField(
        label=gettext_lazy("And by"), required=False, choices=[("", gettext_lazy("Nothing more")), *DIMENSIONS]
    )
    tag = forms.MultipleChoiceField(
        label=gettext_lazy("Tags, all of them"), required=False, widget=forms.CheckboxSelectMultiple
    )
    q = forms.CharField(label=gettext_lazy("Name or note has"), required=False, max_length=200)

    def __init__(self, data: QueryDict, *, user: User, today: dt.date, catalogue: Catalogue) -> None:
        super().__init__(data, user=user, today=today, catalogue=catalogue)
        tags = [(str(each.id), each.name) for each in catalogue.tags.values() if each.deleted_at is None]
        self.fields["tag"].choices = tags  # type: ignore[attr-defined]
        if not tags and "tag" not in data:
            del self.fields["tag"]

    def clean_q(self) -> str:
        """Removes NUL, for which databases cannot search."""
        text: str = self.cleaned_data["q"]
        return text.replace("\x00", "")

    def clean(self) -> dict[str, Any]:
        """Rejects a dimension given twice."""
        values = super().clean()
        given: list[str] = []
        for name in ("group", "then", "third"):
            if values.get(name) and values[name] in given:
                message = _("The report is grouped by this already. Choose something else.")
                self.add_error(name, ValidationError(message))
            else:
                given.append(values.get(name, ""))
        return values

    @property
    def group_by(self) -> tuple[Dimension, ...]:
        given = self._understood
        return tuple(given[name] for name in ("group", "then", "third") if given[name])

    @property
    def where(self) -> SessionFilter:
        given = self._understood
        common = super().where
        return SessionFilter(
            project=common.project,
            client=common.client,
            billable=common.billable,
            tag_ids=frozenset(UUID(each) for each in given.get("tag") or []),
            text=given["q"],
        )

    def _matters(self, name: str, value: Any) -> bool:
        """Returns True for the group, since no group is a choice, too."""
        return name == "group" or super()._matters(name, value)


class TimesheetForm(PeriodForm):
    """A timesheet of a client, or of one project, day by day."""

    DEFAULTS: ClassVar[dict[str, str]] = {**PeriodForm.DEFAULTS, "billable": "yes"}

    billable = forms.ChoiceField(
        label=gettext_lazy("Sessions"),
        choices=[("yes", gettext_lazy("Billable only")), ("all", gettext_lazy("All sessions"))],
    )

    def __init__(self, data: QueryDict, *, user: User, today: dt.date, catalogue: Catalogue) -> None:
        super().__init__(data, user=user, today=today, catalogue=catalogue)
        self.fields["client"].choices = self._offered(  # type: ignore[attr-defined]
            catalogue.clients.values(), every=_("Choose a client")
        )
        self.fields["project"].choices = self._offered(  # type: ignore[attr-defined]
            catalogue.projects.values(), every=_("All projects")
        )

    @property
    def group_by(self) -> tuple[Dimension, ...]:
        return ("day",)

    @property
    def has_client_or_project(self) -> bool:
        """Whether a client or a project was chosen."""
        return self.where.client is not None or self.where.project is not None


def _days_of(period: Period) -> dict[str, str]:
    """Returns the first and the last day of a period for a query string; "" for no limit."""
    return {
        "from": "" if period.first == ALL_TIME.first else str(period.first),
        "to": "" if period.end == ALL_TIME.end else str(period.end - _DAY),
    }


def _id_or_none(value: str) -> UUID | Literal["none"] | None:
    if not value:
        return None
    return "none" if value == _NONE else UUID(value)
