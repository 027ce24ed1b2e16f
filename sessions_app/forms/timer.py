"""Forms of the timer bar, and of the card about a forgotten session."""

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
    """The timer bar: one line, which may have times, and a choice of project.

    A valid form has the parsed line in `reading`, and in `session_fields` all fields except times. If a line leaves a
    question open, such as which of two times is meant or whether to create a project, `answer` asks it; `answered` has
    the earlier answers.
    """

    name = NameField()
    project_id = ProjectField()
    billable = forms.ChoiceField(required=False, choices=[(each, each) for each in ("", "yes", "no")])
    """Whether the session is billable, if that differs from its project's default."""
    at = forms.DateTimeField(required=False)
    """The instant of the click if it could not be sent at once. The line is parsed as of then."""
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
        """Parses the line with the given answers."""
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
        """The parsed line; None if it was not parsed."""
        return getattr(self, "reading", None)

    @property
    def first_error(self) -> str:
        """The first error or question, "" without one."""
        return next((str(error) for errors in self.errors.values() for error in errors), "")

    @property
    def given_answers(self) -> str:
        """The value of `answered` in the rendered form: all answers so far, so that no question is repeated."""
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
        """Sets project and tags of the line, or asks one question. `selected` is the project if the line has none."""
        self.session_fields = {"name": self.reading.name, "project_id": selected, "tags": self.reading.tags}
        if billable := self.cleaned_data.get("billable"):
            self.session_fields["billable"] = billable == "yes"
        unknown = [word for word in self.reading.tags if self.catalogue.find_tag(word) is None]
        tag_marks = " ".join(f"#{word}" for word in unknown)
        values, count = {"names": ", ".join(unknown)}, len(unknown)
        if (word := self.reading.project) is not None:
            project = self.project
            if project is not None:
                self.session_fields["project_id"] = project.id
            elif self._is_made(
                f"@{word}",
                _("There is no project “%(name)s” yet.") % {"name": word},
                _("Create project “%(name)s”") % {"name": word},
                tag_marks,
                ngettext(
                    "Create “%(name)s” and tag “%(names)s”",
                    "Create “%(name)s” and tags “%(names)s”",
                    count,
                )
                % {"name": word, **values},
            ):
                self.session_fields |= {"project_id": None, "project_name": word}
        else:
            self._read_stray_project()
        if unknown and not self.has_error("name"):
            if self._is_made(
                tag_marks,
                ngettext("There is no tag “%(names)s” yet.", "There are no tags “%(names)s” yet.", count) % values,
                ngettext("Create tag “%(names)s”", "Create tags “%(names)s”", count) % values,
            ):
                self.new_tags = unknown
            else:
                self.session_fields["tags"] = [word for word in self.reading.tags if word not in unknown]

    def _check_name(self) -> None:
        """Validates the name as the service does, so that the preview shows the error."""
        errors: list[FieldError] = []
        clean_text(self.session_fields["name"], "name", TimeSession.NAME_LENGTH, errors)
        if errors and not self.errors:
            add_domain_errors(self, InvalidInputError(*errors))

    def _read_stray_project(self) -> None:
        """Asks whether an `@` inside the name means a project, so that it never silently becomes part of the name."""
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
        """The project that the line names; None if there is none."""
        if self.reading.project is None:
            return None
        return self.catalogue.find_project(self.reading.project, is_exact=self.reading.project_is_exact)

    def _is_made(self, marks: str, question: str, create: str, further_marks: str = "", create_both: str = "") -> bool:
        """Returns whether to create what `marks` name. If not, they stay in the name, or a question is asked.

        The answer contains the marks, so that it does not apply to other words that are typed later. With
        `further_marks`, which would be asked about next, one more answer creates what these name, too.
        """
        code = marks.replace(" ", "")
        if f"+{code}" in self.answers:
            return True
        if f"={code}" in self.answers:
            self.session_fields["name"] = f"{self.session_fields['name']} {marks}".strip()
        else:
            keep = _("Keep “%(marks)s” in the name") % {"marks": marks}
            both = [(f"+{code} +{further_marks.replace(' ', '')}", create_both)] if further_marks else []
            self._ask(question, "unknown_name", [*both, (f"+{code}", create), (f"={code}", keep)])
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
    """A new start of the running session, typed in the timer bar or given by a chip.

    `cleaned_data` has the instant `start`. `shift` is in minutes from the present start, as for typed offsets; `at` is
    an instant.
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
        """Converts a chip, or a time in the session's zone, to an instant."""
        values = self.cleaned_data
        if values.get("at") is not None:
            return {**values, "start": values["at"]}
        values["start"] = values.get("shift") or values.get("start")
        day = day_of(self.running.start, self.running.zone)
        start = self.read_time("start", day=day, zone=self.running.zone, old=self.running.start, running=True)
        return values if start is None else {**values, "start": start}


class ContinueForm(forms.Form):
    """The id of the session that Continue starts, and the instant of the click.

    Scripts send the id, so that a click starts one session, and the instant if the click could not be sent at once.
    """

    id = forms.UUIDField(required=False)
    at = forms.DateTimeField(required=False)


class StopForm(forms.Form):
    """The session to stop, so that an old page does not stop a newer session."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    end = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    discard = forms.BooleanField(required=False, widget=forms.HiddenInput)


class StopAtForm(TimesForm):
    """The real end of a forgotten session. `cleaned_data` has the instant `end`."""

    date = TypedDayField(label=gettext_lazy("Day"))
    end = TimeWordField(label=gettext_lazy("End"))
    end_answer = AnswerField()

    def __init__(self, data: Any = None, *, session: TimeSession, **kwargs: Any) -> None:
        super().__init__(data, prefix="stop", **kwargs)
        self.session = session
        cast("TypedDayField", self.fields["date"]).of_user(self.user, day_of(self.now, session.zone))

    def clean(self) -> dict[str, Any]:
        """Converts day and time in the session's zone to an instant."""
        values = self.cleaned_data
        if "date" not in values:
            return values
        end = self.read_time("end", day=values["date"], zone=self.session.zone, running=True)
        return values if end is None else {**values, "end": end}
