"""The parameters of a report as a bar of chips: each shows the present value, and opens to change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.utils.translation import gettext as _

from sessions_app.pages.report_table import titles_of
from sessions_app.reports.addresses import ReportForm
from sessions_app.reports.labels import format_period, format_rounding
from sessions_app.reports.presets import PRESETS


@dataclass(frozen=True, slots=True)
class Preset:
    """A link to the same report of a preset period."""

    label: str
    address: str
    is_selected: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A parameter of the report: its value in words, "" for none, and the form fields that change it."""

    label: str
    value: str
    fields: Sequence[BoundField]
    presets: Sequence[Preset] = ()

    @property
    def is_wrong(self) -> bool:
        """Whether one of its fields is invalid."""
        return any(field.errors for field in self.fields)


def chips_of(form: ReportForm) -> list[Chip]:
    """Returns the chips: the period, the filters, then grouping and rounding."""
    preset = form.cleaned_data.get("preset")
    period = str(PRESETS[preset]) if preset else format_period(form.period, form.user)
    days = [form["first"], form["last"]]
    groups = [form[name] for name in ("group", "then", "third")]
    rounding = [form[name] for name in ("rounding", "direction", "per")]
    rounded = format_rounding(form.query.rounding) if form.query.rounding else ""
    return [
        Chip(_("Period"), period, days, presets_of(form)),
        *(_filter(form, name) for name in ("client", "project", "tag", "billable", "q") if name in form.fields),
        Chip(_("Grouped by"), " › ".join(titles_of(form)) or _("Nothing"), groups),
        Chip(_("Rounding"), rounded, rounding),
    ]


def _filter(form: ReportForm, name: str) -> Chip:
    field = form[name]
    is_set = field.value() and field.value() != form.DEFAULTS.get(name)
    labels = {"tag": _("Tags"), "billable": _("Billable"), "q": _("Words")}
    return Chip(labels.get(name, str(field.label)), selected_label(field) if is_set else "", [field])


def presets_of(form: ReportForm) -> list[Preset]:
    """Returns links to the same report of the preset periods."""
    selected = form.cleaned_data.get("preset")
    return [
        Preset(str(label), form.address(period=name), name == selected or period == form.period)
        for (name, label), period in zip(PRESETS.items(), form.presets.values(), strict=True)
    ]


def selected_label(field: BoundField) -> str:
    """Returns the labels of a field's selected choices, separated by commas; of a text field the text."""
    labels = dict(_flat(getattr(field.field, "choices", ())))
    given = field.value() if isinstance(field.value(), list) else [field.value()]
    return ", ".join(str(labels.get(each, each)) for each in given)


def _flat(choices: Any) -> list[tuple[str, Any]]:
    """Returns choices with groups flattened."""
    return [
        each for value, label in choices for each in (label if isinstance(label, list | tuple) else [(value, label)])
    ]
