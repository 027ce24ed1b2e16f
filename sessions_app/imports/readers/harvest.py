"""Harvest: the detailed time report, whose rows have a day and hours, and no clocks."""

from sessions_app.imports.layouts import Layout

LAYOUTS = (
    Layout(
        tool="harvest",
        label="Harvest",
        needs=({"date"}, {"hours"}, {"project", "client", "task"}),
        lacks=("start_date", "unix_start"),
        typical=(
            "project code", "notes", "first name", "last name", "employee", "invoiced", "approved", "department",
            "roles", "cost rate", "external reference url", "hours rounded", "teams", "employee id",
        ),
        enough=2,
        titles={"employee": "", "notes": "description", "time": "", "hours": "hours", "total": ""},
        is_duration_billed=True,
        contents=("client", "project", "task", "description"),
    ),
)  # fmt: skip
