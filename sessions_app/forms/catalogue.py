"""Forms for clients, projects and tags, for merging projects, and for repricing."""

import datetime as dt
from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.formatting import COLOUR_NAMES
from sessions_app.forms.base import VersionedForm
from sessions_app.forms.catalogue_fields import MONEY, TIME, budget_input, parse_budget
from sessions_app.models import Client, Project, Tag
from sessions_app.models.catalogue import BudgetPeriod, CatalogueEntry
from sessions_app.selectors.catalogue import Catalogue
from sessions_app.services.validation import EntryFields
from timetracker.forms.fields import CurrencyField, DayField, RateField

BUDGET_PERIODS = [
    (BudgetPeriod.TOTAL.value, gettext_lazy("the whole project")),
    (BudgetPeriod.MONTH.value, gettext_lazy("each month")),
]


class EntryNameField(forms.CharField):
    """The name of a client, project or tag. The domain validates it."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput({"maxlength": CatalogueEntry.NAME_LENGTH, "autocomplete": "off"})
        super().__init__(required=False, strip=False, **{"label": gettext_lazy("Name"), "widget": widget, **kwargs})


class NewEntryForm(forms.Form):
    """A new client, project or tag, with a name only."""

    name = EntryNameField()

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_new_%s")  # unique: the timer bar has a field `name`, too


class EntryForm(VersionedForm):
    """All fields of an entry, named as in the domain, and the version that the user saw."""

    model: ClassVar[type[CatalogueEntry]]
    """The model of the form's entries."""

    name = EntryNameField()
    archived = forms.BooleanField(
        label=gettext_lazy("Archived"), help_text=gettext_lazy("No longer offered; reports keep it."), required=False
    )

    def __init__(self, data: Any = None, *, entry: CatalogueEntry, catalogue: Catalogue) -> None:
        shown = {name: getattr(entry, name) for name in self.base_fields if hasattr(entry, name)}
        super().__init__(data, auto_id="id_entry_%s", initial=shown)
        self.entry, self.catalogue = entry, catalogue

    @property
    def changes(self) -> EntryFields:
        """Returns the fields for the service. The form must be valid."""
        return cast("EntryFields", {name: value for name, value in self.cleaned_data.items() if name != "version"})

    def add_stale_error(self) -> None:
        """Rejects the form because the entry was changed meanwhile, with the present value at each field that differs.

        Sent again, the form is accepted.
        """
        self.add_error(None, _("This was changed in the meantime. Save again to put yours."))
        for name, present in self.initial.items():
            if name in self.cleaned_data and name != "version" and self.cleaned_data[name] != present:
                message = _("Here is “%(value)s” now.")
                self.add_error(name, message % {"value": self._label(name, present)})
        self.present_version = self.entry.version

    def _label(self, name: str, value: Any) -> str:
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return _("yes") if value else _("no")
        if isinstance(field, forms.ChoiceField):
            labels = {str(choice.data["value"]): choice.choice_label for choice in self[name]}
            return labels["" if value is None else str(value)]
        return "–" if value in (None, "") else str(field.prepare_value(value))


class RenameForm(EntryForm):
    """The name of an entry, in its row of a list."""

    archived = None  # type: ignore[assignment]  # as Django leaves out what a form would inherit


class TagForm(EntryForm):
    """A tag, which has only a name."""

    model = Tag


class ClientForm(EntryForm):
    """A client, whose rate applies to its projects without one."""

    model = Client
    field_order = ("name", "hourly_rate", "currency", "archived")

    hourly_rate = RateField(help_text=gettext_lazy("For its projects that have none."))
    currency = CurrencyField(empty=gettext_lazy("As in Settings"))


class ProjectForm(EntryForm):
    """A project. Its client is chosen from a list, or created by name."""

    model = Project
    field_order = (
        "name",
        "client_id",
        "client_name",
        "colour",
        "billable_by_default",
        "hourly_rate",
        "currency",
        "budget",
        "budget_unit",
        "budget_period",
        "archived",
    )
    typed_into: ClassVar = {"budget_seconds": "budget", "budget_amount": "budget"}

    client_id = forms.TypedChoiceField(
        label=gettext_lazy("Client"),
        coerce=UUID,
        empty_value=None,
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("This client is not offered any more. Choose another, or none.")
        },
    )
    client_name = EntryNameField(label=gettext_lazy("New client"))
    colour = forms.TypedChoiceField(
        label=gettext_lazy("Colour"),
        coerce=int,
        choices=list(enumerate(COLOUR_NAMES, start=1)),
        widget=forms.RadioSelect,
    )
    billable_by_default = forms.BooleanField(
        label=gettext_lazy("Billable"),
        help_text=gettext_lazy("For new sessions of this project."),
        required=False,
    )
    hourly_rate = RateField(help_text=gettext_lazy("Without one, that of the client, or the one in Settings."))
    currency = CurrencyField(empty=gettext_lazy("As the client, or as in Settings"))
    budget = forms.CharField(
        label=gettext_lazy("Budget"),
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "text", "maxlength": 40}),
    )
    # Optional, since an open page of an earlier release does not send it; the budget then stays as it is.
    budget_unit = forms.ChoiceField(
        label=gettext_lazy("In"),
        required=False,
        choices=[(TIME, gettext_lazy("hours")), (MONEY, gettext_lazy("money"))],
    )
    budget_period = forms.ChoiceField(label=gettext_lazy("For"), required=False, choices=BUDGET_PERIODS)

    def __init__(self, data: Any = None, *, entry: Project, catalogue: Catalogue) -> None:
        super().__init__(data, entry=entry, catalogue=catalogue)
        self.initial.update(budget_input(entry))
        offered = {each.id: each.name for each in catalogue.offered_clients}
        if entry.client is not None:
            offered.setdefault(entry.client.id, entry.client.name)  # also when archived
        self.fields["client_id"].choices = [("", _("No client")), *offered.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Prefers the name of a new client to a selected client, and parses the budget."""
        values = self.cleaned_data
        self.budget_fields: EntryFields = {}
        if "budget" in self.data:
            try:
                self.budget_fields = parse_budget(values.get("budget", ""), values.get("budget_unit") or TIME)
            except ValidationError as error:
                self.add_error("budget", error)
        return {**values, "client_id": None} if values.get("client_name", "").strip() else values

    @property
    def changes(self) -> EntryFields:
        """Returns the fields for the service. The form must be valid."""
        typed = {name: value for name, value in super().changes.items() if name not in {"budget", "budget_unit"}}
        if not typed["budget_period"]:
            del typed["budget_period"]
        return cast("EntryFields", {**typed, **self.budget_fields})


class MergeForm(forms.Form):
    """The project into which another is merged."""

    into = forms.TypedChoiceField(
        label=gettext_lazy("Merge into"),
        coerce=UUID,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose another project.")),
    )

    def __init__(self, data: Any = None, *, project: Project, catalogue: Catalogue) -> None:
        super().__init__(data, auto_id="id_merge_%s")
        others = [(each.id, each.name) for each in catalogue.offered_projects if each.id != project.id]
        self.fields["into"].choices = [("", _("Choose a project")), *others]  # type: ignore[attr-defined]


class RepricingForm(forms.Form):
    """The day from which on sessions are repriced."""

    since = DayField(label=gettext_lazy("From"))
    also_billable = forms.BooleanField(label=gettext_lazy("Also make them billable"), required=False)

    def __init__(self, data: Any = None, *, today: dt.date) -> None:
        super().__init__(data, auto_id="id_rates_%s", initial={"since": today.replace(day=1)})
