"""Doing one thing to many sessions."""

from typing import Any
from uuid import UUID

from django import forms

from sessions_app.forms.catalogue_fields import ProjectField, offer_projects
from sessions_app.selectors.catalogue import Catalogue


class SelectionForm(forms.Form):
    """Many sessions and what to do with them; `project_id` counts only when that is to give them a project."""

    session = forms.TypedMultipleChoiceField(coerce=UUID, choices=[])
    do = forms.ChoiceField(choices=[("delete", ""), ("billable", ""), ("not_billable", ""), ("project", "")])
    project_id = ProjectField()

    def __init__(self, data: Any, *, catalogue: Catalogue) -> None:
        super().__init__(data)
        chosen = data.getlist("session")
        self.fields["session"].choices = [(each, each) for each in chosen]  # type: ignore[attr-defined]
        if data.get("do") == "project":
            offer_projects(self, catalogue)
        else:
            del self.fields["project_id"]
