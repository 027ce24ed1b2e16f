"""The timer bar and the card of a forgotten session."""

import datetime as dt
from typing import Any, cast
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
    TypedDayField,
    answers_to,
    format_message,
    offer,
)
from sessions_app.forms.catalogue_fields import ProjectField, offer_projects
from sessions_app.models import Project, TimeSession
from sessions_app.selectors.catalogue import Catalogue
from sessions_app.services.validation import SessionInput, whole_second
from sessions_app.timekeeping.periods import day_of
from sessions_app.timekeeping.shorthand import ParsedLine, parse_line, stray_projects
from timetracker.errors import FieldError, InvalidInputError
from timetracker.forms.fields import add_domain_errors
from timetracker.texts import clean_text
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
    billable = forms.ChoiceField(required=False, choices=[(each, each) for each in ("", "yes", "no")])
    """Whether it is billable if that is not what its project says."""
    at = forms.DateTimeField(required=False)
    """When it was pressed, if that could not be sent at once: the line is read as of then."""
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
        if (at := values.get("at")) is not None:
            if whole_second(at) > self.now:
                self.add_error("name", ValidationError(_("The time of this press hasn't come yet."), code="in_future"))
                return values
            self.now = whole_second(at)
        self.answers = {*(values.get("answered") or "").split(), *(values.get("answer") or "").split()}
        self._read_times(values.get("name") or "")
        if (problem := self.reading.problem) is not None:
            self._ask(format_message(problem.message, self.user), problem.code, answers_to(problem, self.user))
        else:
            self._read_marks(values.get("project_id"))
            self._check_name()
        return values

    @property
    def reading_or_none(self) -> ParsedLine | None:
        """The reading; None when the line could not be looked at."""
        return getattr(self, "reading", None)

    @property
    def first_error(self) -> str:
        """What is wrong or asked, "" for nothing."""
        return next((str(error) for errors in self.errors.values() for error in errors), "")

    @property
    def given_answers(self) -> str:
        """What the page sends as `answered`: every answer given so far, so that no question comes twice."""
        return " ".join(sorted(self.answers))

    def _read_times(self, text: str) -> None:
        known: dict[str, Any] = {}
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
        if billable := self.cleaned_data.get("billable"):
            self.session_fields["billable"] = billable == "yes"
        if (word := self.reading.project) is not None:
            project = self.project
            if project is not None:
                self.session_fields["project_id"] = project.id
            elif self._is_made(
                f"@{word}",
                _("There is no project “%(name)s” yet.") % {"name": word},
                _("Create project “%(name)s”") % {"name": word},
            ):
                self.session_fields |= {"project_id": None, "project_name": word}
        else:
            self._read_stray_project()
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

    def _check_name(self) -> None:
        """Says what the service would say of the name, so that the preview knows it."""
        errors: list[FieldError] = []
        clean_text(self.session_fields["name"], "name", TimeSession.NAME_LENGTH, errors)
        if errors and not self.errors:
            add_domain_errors(self, InvalidInputError(*errors))

    def _read_stray_project(self) -> None:
        """Asks whether an `@` inside the name means a project: it never becomes part of the name unnoticed."""
        name = self.session_fields["name"]
        words = [] if "\\" in self.cleaned_data["name"] else stray_projects(name)
        answers = {}
        for word in words:
            project = self.catalogue.find_project(word, is_exact=" " in word)
            label = _("For project “%(name)s”") if project else _("Create project “%(name)s”")
            answers[f"+@{word}".replace(" ", "")] = (word, project, label % {"name": project or word})
        keep = f"=@{words[0]}".replace(" ", "") if words else ""
        if not words or keep in self.answers:
            return
        for code, (word, project, _label) in answers.items():
            if code in self.answers:
                self.session_fields["name"] = " ".join(name.replace(f"@{word}", " ", 1).split())
                self.session_fields["project_id"] = None if project is None else project.id
                if project is None:
                    self.session_fields["project_name"] = word
                return
        question = _("Is “@%(word)s” the project?") % {"word": words[-1]}
        choices = [(code, label) for code, (_word, _project, label) in answers.items()]
        self._ask(question, "unknown_name", [*choices, (keep, _("Keep “@%(word)s” in the name") % {"word": words[-1]})])

    @property
    def project(self) -> Project | None:
        """The project that the line names, if there is such a one."""
        if self.reading.project is None:
            return None
        return self.catalogue.find_project(self.reading.project, is_exact=self.reading.project_is_exact)

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
            projects=self.catalogue.long_project_names,
            **known,
        )


class SinceForm(TimesForm):
    """The start of the running session, as it is pressed in the timer bar: typed, or by one of the chips.

    Valid, it has the new `start` as an instant in `cleaned_data`. `shift` counts minutes from the present one, as what
    is typed does; `at` is an instant.
    """

    id = forms.UUIDField(widget=forms.HiddenInput)
    start = TimeWordField(label=gettext_lazy("Since"))
    start_answer = AnswerField()
    shift = forms.CharField(required=False, max_length=5)
    at = forms.DateTimeField(required=False)

    def __init__(self, data: Any = None, *, running: TimeSession, **kwargs: Any) -> None:
        super().__init__(data, prefix="since", **kwargs)
        self.running = running

    def clean(self) -> dict[str, Any]:
        """From a chip, or the wall clock of the session's zone, to an instant."""
        values = self.cleaned_data
        if values.get("at") is not None:
            return {**values, "start": values["at"]}
        values["start"] = values.get("shift") or values.get("start")
        day = day_of(self.running.start, self.running.zone)
        start = self.read_time("start", day=day, zone=self.running.zone, old=self.running.start, running=True)
        return values if start is None else {**values, "start": start}


class ContinueForm(forms.Form):
    """What a press of Continue may say: the id of the session that it starts, and when it was pressed.

    Scripts send an id, so that one press starts one session, and the time where they could not send the press at once.
    """

    id = forms.UUIDField(required=False)
    at = forms.DateTimeField(required=False)


class StopForm(forms.Form):
    """Names the session that is to be stopped, so that an old page does not stop a newer one."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    end = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    discard = forms.BooleanField(required=False, widget=forms.HiddenInput)


class StopAtForm(TimesForm):
    """When a forgotten session really ended. Valid, it has `end` as an instant in `cleaned_data`."""

    date = TypedDayField(label=gettext_lazy("Day"))
    end = TimeWordField(label=gettext_lazy("End"))
    end_answer = AnswerField()

    def __init__(self, data: Any = None, *, session: TimeSession, **kwargs: Any) -> None:
        super().__init__(data, prefix="stop", **kwargs)
        self.session = session
        cast("TypedDayField", self.fields["date"]).of_user(self.user, day_of(self.now, session.zone))

    def clean(self) -> dict[str, Any]:
        """From day and wall clock of the session's zone to an instant."""
        values = self.cleaned_data
        if "date" not in values:
            return values
        end = self.read_time("end", day=values["date"], zone=self.session.zone, running=True)
        return values if end is None else {**values, "end": end}
