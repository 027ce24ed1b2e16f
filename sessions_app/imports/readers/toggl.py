"""Toggl Track: the detailed report, the time entries of a year, and the new report."""

from sessions_app.imports.layouts import CONTENTS, Layout
from sessions_app.imports.tables import Table
from sessions_app.imports.titles import columns_of

LAYOUTS = (
    Layout(
        tool="toggl",
        label="Toggl Track",
        needs=({"start_date"}, {"start"}, {"end", "duration"}),
        lacks=("decimal",),
        typical=("stop date", "stop time", "member", "amount"),
        titles={"duration h": "decimal"},
        has_running=False,
        contents=CONTENTS,
        has_seconds=True,
    ),
)


def lacks_dates(table: Table) -> bool:
    """Tells whether a report was made without the column of dates, which its user may leave out."""
    columns = columns_of(table.header)
    is_report = {"start", "end"} <= columns.keys() and bool({"description", "project"} & columns.keys())
    titles = {title.strip().lower() for title in table.header}
    return is_report and not {"start_date", "date", "end_date"} & columns.keys() and "start time" in titles
