"""What would be imported, as JSON that waits with the files, and as the page shows it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from sessions_app.formatting import format_date, format_end, format_time
from sessions_app.imports.commit import Outcome
from sessions_app.imports.plan import FirstRow, Plan
from sessions_app.imports.rows import Question
from users_app.models import User
from users_app.zones import zone_or_utc


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """Returns a plan as JSON. Rejected rows are cut to those that the page lists; their file has all of them."""
    return {
        "files": [asdict(each) for each in plan.files],
        "questions": [asdict(each) for each in plan.questions],
        "is_ready": not (plan.needed or plan.errors),
        "source": plan.source,
        "created": plan.created,
        "unchanged": plan.counts["unchanged"],
        "edited": plan.counts["edited"],
        "deleted": plan.counts["deleted"],
        "running": plan.running,
        "ignored": plan.ignored,
        "invoiced": plan.invoiced,
        "without_clock": plan.without_clock,
        "rejected_count": plan.rejected_count,
        "rejected": [asdict(each) for each in plan.rejected[:20]],
        "seconds": plan.seconds,
        "all_seconds": plan.all_seconds,
        "stated_seconds": plan.stated_seconds,
        "months": [[year, month, seconds] for (year, month), seconds in sorted(plan.seconds_by_month.items())],
        "first_day": None if plan.first_day is None else plan.first_day.isoformat(),
        "last_day": None if plan.last_day is None else plan.last_day.isoformat(),
        "first_rows": [_row_to_json(each) for each in plan.first_rows],
        "new_clients": plan.new_clients,
        "new_projects": plan.new_projects,
        "new_tags": plan.new_tags,
    }


def _row_to_json(row: FirstRow) -> dict[str, Any]:
    instants = {name: None if (at := getattr(row, name)) is None else at.isoformat() for name in ("start", "end")}
    return {**asdict(row), **instants, "day": row.day.isoformat()}


def plan_context(plan: Mapping[str, Any], user: User) -> dict[str, Any]:
    """Returns what the template of the preview shows of a plan."""
    first, last = (date.fromisoformat(plan[name]) if plan["first_day"] else None for name in ("first_day", "last_day"))
    return {
        **plan,
        "first_day": first,
        "last_day": last,
        "months": [(date(year, month, 1), seconds) for year, month, seconds in plan["months"]],
        "first_rows": [_shown_row(each, user) for each in plan["first_rows"]],
        "is_rounded": plan["stated_seconds"] not in {None, plan["all_seconds"]},
    }


def _shown_row(row: Mapping[str, Any], user: User) -> dict[str, Any]:
    zone = zone_or_utc(row["timezone"])
    times = ""
    if row["start"] is not None:
        start, end = (datetime.fromisoformat(row[name]).astimezone(UTC) for name in ("start", "end"))
        times = f"{format_time(start, zone, user)}–{format_end(start, end, zone, user)}"
    day = format_date(date.fromisoformat(row["day"]), user, has_weekday=True, has_year=True)
    return {**row, "times": times, "shown_day": day}


def questions_from_json(plan: Mapping[str, Any]) -> list[Question]:
    """Returns the questions of a plan."""
    return [
        Question(each["key"], tuple(each["options"]), each["default"], each["is_needed"], tuple(each["examples"]))
        for each in plan["questions"]
    ]


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    """Returns what an import did as JSON."""
    return dict(outcome.counts)
