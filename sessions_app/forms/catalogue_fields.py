"""What the forms share about projects and tags. Rates are read in `base`."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy

from sessions_app.models import Project
from sessions_app.selectors.catalogue import Catalogue
from sessions_app.services.validation import SessionInput


class ProjectField(forms.TypedChoiceField):
    """A project to choose, its id in `cleaned_data`, or none. The form fills it with `offer_projects`."""

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
    """The name of a project that is made when there is none with it. The domain says what it may hold."""

    def __init__(self) -> None:
        attributes = {"maxlength": Project.NAME_LENGTH, "autocomplete": "off"}
        super().__init__(required=False, label=gettext_lazy("New project"), widget=forms.TextInput(attributes))
        self.validators = []


class TagsField(forms.Field):
    """Tags in one line, separated by spaces or commas, with or without their signs: a list of names, each once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            label=gettext_lazy("Tags"),
            help_text=gettext_lazy("Words with spaces between."),
            widget=forms.TextInput({"autocomplete": "off"}),
            **kwargs,
        )

    def to_python(self, value: Any) -> list[str]:
        """Splits the line. The domain validates each name."""
        words = str(value or "").replace(",", " ").split()
        return list(dict.fromkeys(word.removeprefix("#") for word in words))


def offer_projects(form: forms.Form, catalogue: Catalogue, *, present: UUID | None = None) -> None:
    """Fills `project_id` of a form. `present`, what a session has, stays a choice when it is archived.

    So does what an older page showed or offered, that a change of other fields is not rejected for it.
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
    """Returns what the values of a form say of the project: the name of a new one before one that was selected."""
    if name := values.get("project_name"):
        return {"project_name": name}
    return {"project_id": values["project_id"]}
