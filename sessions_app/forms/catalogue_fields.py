"""Form fields for projects, tags and budgets. Those for rates are in `timetracker/forms/fields.py`."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.models import Project
from sessions_app.selectors.catalogue import Catalogue
from sessions_app.services.validation import EntryFields, SessionInput
from timetracker.money import RateError, format_rate_input, parse_rate


class ProjectField(forms.TypedChoiceField):
    """A choice of a project or none. The value is the id. The form has to call `offer_projects`."""

    def __init__(self, **kwargs: Any) -> None:
        gone = {"invalid_choice": gettext_lazy("This project was deleted. Choose another one, or none.")}
        super().__init__(
            required=False,
            coerce=UUID,
            empty_value=None,
            label=gettext_lazy("Project"),
            error_messages=gone,
            **kwargs,
        )


class ProjectNameField(forms.CharField):
    """The name of a project, which is created if missing. The domain validates it."""

    def __init__(self) -> None:
        attributes = {"maxlength": Project.NAME_LENGTH, "autocomplete": "off"}
        super().__init__(required=False, label=gettext_lazy("New project"), widget=forms.TextInput(attributes))
        self.validators = []


class TagsField(forms.Field):
    """Tags in one line, separated by spaces or commas, with or without #. The value is a list of distinct names."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            label=gettext_lazy("Tags"),
            help_text=gettext_lazy("Separate tags with spaces."),
            widget=forms.TextInput({"autocomplete": "off"}),
            **kwargs,
        )

    def to_python(self, value: Any) -> list[str]:
        """Splits the line. The domain validates each name."""
        words = str(value or "").replace(",", " ").split()
        return list(dict.fromkeys(word.removeprefix("#") for word in words))


def offer_projects(form: forms.Form, catalogue: Catalogue, *, present: UUID | None = None) -> None:
    """Sets the choices of `project_id` in a form. `present`, the session's project, is a choice even if archived.

    So is a project sent by an older page, so that a change of other fields is not rejected.
    """
    shown, selected = (form.data.get(name) for name in ("initial-project_id", "project_id"))
    not_deleted = [
        each
        for each in catalogue.projects.values()
        if each.id == present or str(each.id) == shown or (str(each.id) == selected and each.deleted_at is None)
    ]
    offered = catalogue.offered_projects
    choices = [(str(each.id), each.name) for each in (*offered, *(each for each in not_deleted if each not in offered))]
    form.fields["project_id"].choices = [("", gettext_lazy("No project")), *choices]  # type: ignore[attr-defined]


def project_of(values: dict[str, Any]) -> SessionInput:
    """Returns the project in the values of a form: the name of a new one, else the selected one."""
    if name := values.get("project_name"):
        return {"project_name": name}
    return {"project_id": values["project_id"]}


TIME, MONEY = "time", "money"
"""The units of a budget."""

_CLOCK = re.compile(r"([0-9]{1,7}):([0-5][0-9])(?::([0-5][0-9]))?")


def budget_input(project: Project) -> dict[str, str]:
    """Returns the initial values for a project's budget: text such as `40`, `40:30` or `5000`, and the unit."""
    if project.budget_seconds is not None:
        minutes, seconds = divmod(project.budget_seconds, 60)
        if not minutes % 60 and not seconds:
            return {"budget": str(minutes // 60), "budget_unit": TIME}
        clock = f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
        return {"budget": clock, "budget_unit": TIME}
    if project.budget_amount is not None:
        return {"budget": format_rate_input(project.budget_amount), "budget_unit": MONEY}
    return {"budget": "", "budget_unit": TIME}


def parse_budget(typed: str, unit: str) -> EntryFields:
    """Returns the fields of a typed budget; blank text is none, a whole number of time is hours.

    Raises ValidationError.
    """
    if unit == TIME and (clock := _CLOCK.fullmatch(typed)):
        hours, minutes, seconds = (int(each or 0) for each in clock.groups())
        return {"budget_seconds": hours * 3600 + minutes * 60 + seconds, "budget_amount": None}
    try:
        number = parse_rate(typed)
    except RateError as error:
        if error.reason == "ambiguous":
            message = _("“%(typed)s” can be read in two ways. Leave out the separator, or give two decimals.")
        elif unit == TIME:
            message = _("“%(typed)s” is not a budget. Give hours, such as 40 or 40:30.")
        else:
            message = _("“%(typed)s” is not a budget. Give an amount, such as 5000 or 1200.50.")
        raise ValidationError(message % {"typed": typed[:40]}, code=error.reason) from None
    if number is None or unit == MONEY:
        return {"budget_seconds": None, "budget_amount": number}
    seconds = int((number * 3600).quantize(Decimal(1), ROUND_HALF_UP))
    return {"budget_seconds": seconds, "budget_amount": None}
