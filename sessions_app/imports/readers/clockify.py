"""Clockify: the detailed report, as CSV or workbook, in any language of its users."""

from typing import Literal

from sessions_app.imports.layouts import CONTENTS, Cells, Layout, skips_break
from sessions_app.imports.titles import fold_title

_ABSENCES = frozenset({
    "holiday", "time off", "timeoff", "feiertag", "urlaub", "abwesenheit", "jour ferie", "conge", "conges", "festivo",
    "tiempo libre", "feriado", "folga",
})  # fmt: skip
"""The types of days off, which Clockify writes between the times with the hours of a working day."""


def _skips(cell: Cells) -> Literal["break", "not_time"] | None:
    return "not_time" if fold_title(cell("type")) in _ABSENCES else skips_break(cell)


LAYOUTS = (
    Layout(
        tool="clockify",
        label="Clockify",
        needs=({"start_date"}, {"start"}, {"end", "duration", "decimal"}),
        has_running=False,
        contents=CONTENTS,
        has_seconds=True,
        skips=_skips,
        typical=(
            "duration h", "duration decimal", "group", "billable rate", "billable amount", "type", "date of creation",
            "approval", "approved by", "invoice id", "grupo", "gruppe", "groupe", "decimal", "time h", "time decimal",
            "duracion h", "dauer h", "duree h", "duracao h", "durata h",
            "czas trwania h", "длительность ч", "doba trvani h", "期間 h", "时长 h", "duur u",
        ),
    ),
)  # fmt: skip
