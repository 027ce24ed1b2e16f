"""The form with the questions of an import."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.imports.rows import EVERYBODY, Answers, Question
from users_app.forms.zones import ZoneField

_LABELS = {
    "date_order": gettext_lazy("Dates are written"),
    "decimal_comma": gettext_lazy("Decimals are written with"),
    "whose": gettext_lazy("Whose sessions"),
    "tasks_as": gettext_lazy("Tasks and activities become"),
}
_OPTIONS = {
    ("date_order", "dmy"): gettext_lazy("day, month, year"),
    ("date_order", "mdy"): gettext_lazy("month, day, year"),
    ("date_order", "ymd"): gettext_lazy("year, month, day"),
    ("decimal_comma", "comma"): gettext_lazy("a comma (1,5)"),
    ("decimal_comma", "point"): gettext_lazy("a point (1.5)"),
    ("tasks_as", "tag"): gettext_lazy("a tag"),
    ("tasks_as", "name"): gettext_lazy("the session's name"),
    ("whose", EVERYBODY): gettext_lazy("Everybody's"),
}
_COLUMNS = {
    "date": gettext_lazy("Date"),
    "start": gettext_lazy("Start"),
    "start_date": gettext_lazy("Start date"),
    "start_time": gettext_lazy("Start time"),
    "end": gettext_lazy("End"),
    "end_date": gettext_lazy("End date"),
    "end_time": gettext_lazy("End time"),
    "duration": gettext_lazy("Duration"),
    "decimal": gettext_lazy("Decimal hours"),
    "hours": gettext_lazy("Hours"),
    "minutes": gettext_lazy("Minutes"),
    "seconds": gettext_lazy("Seconds"),
    "break": gettext_lazy("Break"),
    "description": gettext_lazy("Description"),
    "note": gettext_lazy("Note"),
    "client": gettext_lazy("Client"),
    "project": gettext_lazy("Project"),
    "task": gettext_lazy("Task"),
    "tags": gettext_lazy("Tags"),
    "billable": gettext_lazy("Billable"),
    "rate": gettext_lazy("Hourly rate"),
    "currency": gettext_lazy("Currency"),
    "id": gettext_lazy("Id"),
    "user": gettext_lazy("User"),
    "email": gettext_lazy("E-mail"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "timezone": gettext_lazy("Time zone"),
}
_COLUMN = "column_"
_ESSENTIAL = frozenset({"date", "start", "end", "duration", "description", "project"})
"""The columns that are shown even if nothing was guessed for them."""


class ImportAnswersForm(forms.Form):
    """The time zone, the questions about the files, and for a table of an unknown tool the column of each field.

    Only questions that are asked have a field. `columns` are the guessed columns, `timezone` is the default zone.
    """

    timezone = ZoneField(
        label=gettext_lazy("Time zone of the times in the file"),
        help_text=gettext_lazy("That of the other tool's settings. Times that name a zone keep it."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        questions: Iterable[Question],
        header: Sequence[str],
        answers: Answers,
        timezone: str,
        columns: Mapping[str, int],
    ) -> None:
        super().__init__(data)
        self.fields["timezone"].initial = answers.timezone or timezone
        for question in questions:
            if question.key == "columns":
                self._add_columns(question, header, answers.columns or columns)
            elif question.key != "timezone":
                self._add_choice(question, answers)

    def _add_choice(self, question: Question, answers: Answers) -> None:
        options = [*question.options]
        if question.key == "whose" and EVERYBODY not in options:
            options.append(EVERYBODY)
        given: Any = getattr(answers, question.key)
        if question.key == "decimal_comma" and given is not None:
            given = "comma" if given else "point"
        self.fields[question.key] = forms.ChoiceField(
            label=_LABELS[question.key],
            choices=[(each, _OPTIONS.get((question.key, each), each)) for each in options],
            initial=given or question.default or options[0],
            help_text=", ".join(f"“{each}”" for each in question.examples[:3]),
            widget=forms.RadioSelect if len(options) <= 4 else forms.Select,  # noqa: PLR2004
        )

    def _add_columns(self, question: Question, header: Sequence[str], columns: Mapping[str, int]) -> None:
        titles = [
            (str(number), _title(title, number, example))
            for number, (title, example) in enumerate(
                zip_longest(header, question.examples[: len(header)], fillvalue="")
            )
        ]
        for name in question.options:
            given = columns.get(name)
            self.fields[f"{_COLUMN}{name}"] = forms.ChoiceField(
                label=_COLUMNS.get(name, name),
                choices=[("", _("(none)")), *titles],
                initial="" if given is None else str(given),
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        """Requires a column with the date if any column is chosen; without choices they are guessed."""
        told = super().clean() or {}
        columns = {name.removeprefix(_COLUMN) for name, value in told.items() if name.startswith(_COLUMN) and value}
        if columns and columns.isdisjoint({"date", "start_date", "start"}):
            self.add_error(f"{_COLUMN}date", _("Choose the column that has the date."))
        return told

    @property
    def asked(self) -> list[forms.BoundField]:
        """The fields of all questions except that for the columns."""
        return [field for field in self if not field.name.startswith(_COLUMN)]

    @property
    def columns(self) -> list[forms.BoundField]:
        """The fields for the columns that are shown: those with a column or an error, and the least that it needs."""
        return [field for field in self._all_columns if self._is_shown(field)]

    @property
    def other_columns(self) -> list[forms.BoundField]:
        """The fields for the columns that are folded, since nothing was guessed for them."""
        return [field for field in self._all_columns if not self._is_shown(field)]

    @property
    def _all_columns(self) -> list[forms.BoundField]:
        return [field for field in self if field.name.startswith(_COLUMN)]

    @staticmethod
    def _is_shown(field: forms.BoundField) -> bool:
        is_essential = field.name.removeprefix(_COLUMN) in _ESSENTIAL
        return bool(field.value()) or bool(field.errors) or is_essential

    def answers(self) -> Answers:
        """Returns the answers. The form must be valid."""
        told = self.cleaned_data
        decimal = told.get("decimal_comma")
        columns = {
            name.removeprefix(_COLUMN): int(value) for name, value in told.items() if name.startswith(_COLUMN) and value
        }
        return Answers(
            timezone=told["timezone"],
            date_order=told.get("date_order", ""),
            decimal_comma=None if decimal is None else decimal == "comma",
            whose=told.get("whose", ""),
            tasks_as=told.get("tasks_as", ""),
            columns=columns,
        )


def _title(title: str, number: int, example: str) -> str:
    """Returns the label of a column, with its first cell as an example."""
    shown = title.strip() or _("Column %d") % (number + 1)
    return f"{shown}: {example}" if example else shown
