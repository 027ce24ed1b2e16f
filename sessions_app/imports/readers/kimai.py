"""Kimai, all versions: clocks cut to the minute without a date of the end, and a duration that is what was billed."""

import re
from typing import Literal

from sessions_app.imports.layouts import CONTENTS, Cells, Layout, skips_break
from sessions_app.imports.texts import clean

# Kimai writes an apostrophe and a blank before what a spreadsheet could take for a formula.
_GUARDED = re.compile(r"' (?=[=\-+@\t\r\n]|.*DDE)", re.DOTALL)

_EXPENSES = frozenset({"expense", "expenses", "mileage"})
"""The types of what its plugins put between the times: it has neither an end nor a length."""


def _skips(cell: Cells) -> Literal["break", "not_time"] | None:
    return "not_time" if cell("type").lower() in _EXPENSES else skips_break(cell)


def _unguarded(text: str) -> str:
    return clean(text[2:] if text.startswith("' ") and _GUARDED.match(text) else text)


LAYOUTS = (
    Layout(
        tool="kimai",
        label="Kimai",
        needs=({"date"}, {"start"}, {"end", "duration"}, {"task", "project", "client"}),
        lacks=("start_date", "end_date", "unix_start"),
        typical=(
            "from", "to", "activity", "customer", "internal price", "hourly price", "fixed price", "staff number",
            "category", "vat id", "order number", "project number", "account", "exported", "internal rate",
            "fixed rate", "von", "bis", "tatigkeit", "kunde", "schlagworte", "interner preis", "festpreis",
            "personalnummer", "e mail", "de", "a", "activite", "mots cles", "prix interne", "prix fixe", "da", "ate",
            "attivita", "actividad", "atividade", "desde", "hasta", "van", "tot", "klant", "activiteit", "od", "do",
        ),
        enough=3,
        titles={
            "name": "first_name", "nom": "first_name", "rate": "amount", "taux": "amount", "lohn": "amount",
            "a": "end", "de": "start", "exported": "invoiced", "account": "", "category": "", "alias": "",
        },
        number_unit=None,
        contents=CONTENTS,
        is_duration_billed=True,
        skips=_skips,
        clean=_unguarded,
    ),
)  # fmt: skip
