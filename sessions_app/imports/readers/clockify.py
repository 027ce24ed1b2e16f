"""Clockify: the detailed report, as CSV or workbook, in any language of its users."""

from sessions_app.imports.layouts import CONTENTS, Layout

LAYOUTS = (
    Layout(
        tool="clockify",
        label="Clockify",
        needs=({"start_date"}, {"start"}, {"end", "duration", "decimal"}),
        has_running=False,
        contents=CONTENTS,
        has_seconds=True,
        typical=(
            "duration h", "duration decimal", "group", "billable rate", "billable amount", "type", "date of creation",
            "approval", "approved by", "invoice id", "grupo", "gruppe", "groupe", "decimal", "time h", "time decimal",
            "duracion h", "dauer h", "duree h", "duracao h", "durata h",
            "czas trwania h", "длительность ч", "doba trvani h", "期間 h", "时长 h", "duur u",
        ),
    ),
)  # fmt: skip
