"""The timer bar and the card of a forgotten session."""

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions_app.forms.base import (
    AnswerField,
    NameField,
    NewSessionForm,
    TimesForm,
    TimeWordField,
    answers_to,
    format_message,
    offer,
)
from sessions_app.forms.catalogue_fields import ProjectField, offer_projects
from sessions_app.models import TimeSession
from sessions_app.selectors.catalogue import Catalogue
from sessions_app.services.validation import SessionInput
from sessions_app.timekeeping.shorthand import ParsedLine, parse_line
from timetracker.form_fields import DayField
from users_app.models import Clock, DateFormat, User

MAX_QUESTIONS = 5


class StartForm(NewSessionForm):
    """The timer bar: one line, which may say when, and a project to choose.

    Valid, it has the `reading` of the line and `session_fields`, what the session is to be but for its times. What a
    line leaves open, which of two times or whether a project is to be made, is asked about by `answer`; answers given
    before are kept in `answered`.
    """

    name = NameField()
    project_id = ProjectField()
    answer = AnswerField()
    answered = forms.CharField(required=False, widget=forms.HiddenInput)

    reading: ParsedLine
    session_fields: SessionInput

    def __init__(self, data: Any = None, *, user: User, now: dt.datetime, catalogue: Catalogue) -> None:
        super().__init__(data)
        self.user, self.now, self.catalogue = user, now, catalogue
        self.new_tags: list[str] = []
        self.answers: set[str] = set()
        offer_projects(self, catalogue)

    def clean(self) -> dict[str, Any]:
        """Reads the line with the answers given."""
        values = self.cleaned_data
        self.answers = {*(values.get("answered") or "").split(), *(values.get("answer") or "").split()}
        self._read_times(values.get("name") or "")
        if (problem := self.reading.problem) is not None:
            self._ask(format_message(problem.message, self.user), problem.code, answers_to(problem, self.user))
        else:
            self._read_marks(values.get("project_id"))
        return values

    @property
    def given_answers(self) -> str:
        """What the page sends as `answered`: every answer given so far, so that no question comes twice."""
        return " ".join(sorted(self.answers))

    def _read_times(self, text: str) -> None:
        known = dict[str, Any]()
        for _question in range(MAX_QUESTIONS):
            self.reading = self._read(text, known)
            problem = self.reading.problem
            choice = next((each for each in problem.choices if each.code in self.answers), None) if problem else None
            if choice is None:
                break
            if choice.line is not None:
                text = choice.line
            elif choice.code == "keep":
                known["long_is_meant"] = True
            elif problem is not None:
                known[f"{problem.bound}_occurrence"] = 1 if choice.code == "first" else 2

    def _read_marks(self, selected: UUID | None) -> None:
        """The project and tags of the line; `selected` is the project when it names none. One question at a time."""
        self.session_fields = {"name": self.reading.name, "project_id": selected, "tags": self.reading.tags}
        if (word := self.reading.project) is not None:
            project = self.catalogue.find_project(word)
            if project is not None:
                self.session_fields["project_id"] = project.id
            elif self._is_made(
                f"@{word}",
                _("There is no project “%(name)s” yet.") % {"name": word},
                _("Create project “%(name)s”") % {"name": word},
            ):
                self.session_fields |= {"project_id": None, "project_name": word}
        unknown = [word for word in self.reading.tags if self.catalogue.find_tag(word) is None]
        if unknown and not self.has_error("name"):
            values, count = {"names": ", ".join(unknown)}, len(unknown)
            if self._is_made(
                " ".join(f"#{word}" for word in unknown),
                ngettext("There is no tag “%(names)s” yet.", "There are no tags “%(names)s” yet.", count) % values,
                ngettext("Create tag “%(names)s”", "Create tags “%(names)s”", count) % values,
            ):
                self.new_tags = unknown
            else:
                self.session_fields["tags"] = [word for word in self.reading.tags if word not in unknown]

    def _is_made(self, marks: str, question: str, create: str) -> bool:
        """Whether what `marks` name is to be made; else they are kept in the name, or asked about.

        An answer has the marks in it, so that it does not count for other words that are typed later.
        """
        code = marks.replace(" ", "")
        if f"+{code}" in self.answers:
            return True
        if f"={code}" in self.answers:
            self.session_fields["name"] = f"{self.session_fields['name']} {marks}".strip()
        else:
            keep = _("Keep “%(marks)s” in the name") % {"marks": marks}
            self._ask(question, "unknown_name", [(f"+{code}", create), (f"={code}", keep)])
        return False

    def _ask(self, question: str, code: str, answers: list[tuple[str, str]]) -> None:
        self.add_error("name", ValidationError(question, code=code))
        offer(self, "answer", answers)

    def _read(self, text: str, known: dict[str, Any]) -> ParsedLine:
        return parse_line(
            text,
            now=self.now,
            zone=self.user.zone,
            day_first=self.user.date_format != DateFormat.MONTH_FIRST,
            clock_24=self.user.clock == Clock.HOURS_24,
            **known,
        )


class StopForm(forms.Form):
    """Names the session that is to be stopped, so that an old page does not stop a newer one."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    end = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    discard = forms.BooleanField(required=False, widget=forms.HiddenInput)


class StopAtForm(TimesForm):
    """When a forgotten session really ended. Valid, it has `end` as an instant in `cleaned_data`."""

    date = DayField(label=gettext_lazy("Day"))
    end = TimeWordField(label=gettext_lazy("End"))
    end_answer = AnswerField()

    def __init__(self, data: Any = None, *, session: TimeSession, **kwargs: Any) -> None:
        super().__init__(data, prefix="stop", **kwargs)
        self.session = session

    def clean(self) -> dict[str, Any]:
        """From day and wall clock of the session's zone to an instant."""
        values = self.cleaned_data
        if "date" not in values:
            return values
        end = self.read_time("end", day=values["date"], zone=self.session.zone, running=True)
        return values if end is None else {**values, "end": end}
