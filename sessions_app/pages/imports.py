"""The plan of an import: as JSON, stored with the files, and as context for the page."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from sessions_app.account_export import ImportPreview, ImportSummary
from sessions_app.formatting import format_date, format_end, format_time
from sessions_app.imports.commit import Outcome
from sessions_app.imports.detection import ACCOUNT_EXPORT
from sessions_app.imports.identities import Standing
from sessions_app.imports.plan import FilePlan, FirstRow, Plan
from sessions_app.imports.rows import Question
from sessions_app.models import Kind
from sessions_app.timekeeping.local_times import readings
from users_app.models import User
from users_app.zones import zone_or_utc

MAX_READINGS = 2
"""The number of rows whose times are shown in two zones, for comparison."""


def plan_of_account(name: str, preview: ImportPreview) -> Plan:
    """Returns the plan of an account export, which has no questions."""
    counts: Counter[Standing] = Counter(
        {
            "new": preview.created,
            "unchanged": preview.present - preview.edited - preview.deleted,
            "edited": preview.edited,
            "deleted": preview.deleted,
        }
    )
    return Plan(
        [FilePlan(name, "Timetracker, export", ACCOUNT_EXPORT)],
        counts=counts,
        running=preview.running,
        seconds=preview.seconds,
        all_seconds=preview.seconds,
        stated_seconds=None,
        new_clients=preview.new_names[Kind.CLIENT],
        new_projects=preview.new_names[Kind.PROJECT],
        new_tags=preview.new_names[Kind.TAG],
    )


def outcome_of_account(plan: Mapping[str, Any], summary: ImportSummary) -> Outcome:
    """Returns the outcome of importing an account export."""
    counts = {
        "created": min(plan["created"], summary.added[Kind.SESSION]),  # without those imported into the Trash
        "unchanged": summary.present[Kind.SESSION],
        "total_seconds": plan["seconds"],
        "new_clients": summary.added[Kind.CLIENT],
        "new_projects": summary.added[Kind.PROJECT],
        "new_tags": summary.added[Kind.TAG],
    }
    return Outcome(counts, [], None, None, summary.changeset_id, is_finished=True)


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """Returns a plan as JSON, with only those rejected rows that the page lists. A stored file has all of them."""
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
        "shortened": plan.shortened,
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
    """Returns the context for the preview of a plan."""
    first, last = (date.fromisoformat(plan[name]) if plan["first_day"] else None for name in ("first_day", "last_day"))
    return {
        **plan,
        "first_day": first,
        "last_day": last,
        "months": [(date(year, month, 1), seconds) for year, month, seconds in plan["months"]],
        "first_rows": [_shown_row(each, user) for each in plan["first_rows"]],
        "readings": _readings(plan, user),
        "is_new": any(plan[name] for name in ("created", "new_clients", "new_projects", "new_tags")),
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


def _readings(plan: Mapping[str, Any], user: User) -> dict[str, Any] | None:
    """Returns the first rows with local times as read in the plan's zone and in another; None if there are none.

    The other zone is the user's, or UTC if the plan's is the user's. All times are shown in the user's zone.
    """
    rows = [each for each in plan["first_rows"] if each.get("is_local")][:MAX_READINGS]
    timezone = rows[0]["timezone"] if rows else ""
    other = user.timezone if timezone != user.timezone else "UTC"
    if not rows or timezone == other:
        return None
    return {
        "zones": (timezone, other),
        "here": user.timezone,
        "rows": [(each["name"], *(_shown_reading(each, zone, user) for zone in (timezone, other))) for each in rows],
    }


def _shown_reading(row: Mapping[str, Any], timezone: str, user: User) -> str:
    """Returns the day and times of a row in the user's zone, if its local times are in `timezone`."""
    read_in, zone, here = zone_or_utc(row["timezone"]), zone_or_utc(timezone), zone_or_utc(user.timezone)
    instants = (datetime.fromisoformat(row[name]).astimezone(read_in) for name in ("start", "end"))
    start, end = (readings(each.replace(tzinfo=None, fold=0), zone)[0] for each in instants)
    day = format_date(start.astimezone(here).date(), user, has_weekday=True)
    return f"{day}, {format_time(start, here, user)}–{format_end(start, end, here, user)}"


def questions_from_json(plan: Mapping[str, Any]) -> list[Question]:
    """Returns the questions of a plan."""
    return [
        Question(each["key"], tuple(each["options"]), each["default"], each["is_needed"], tuple(each["examples"]))
        for each in plan["questions"]
    ]


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    """Returns an outcome as JSON."""
    return dict(outcome.counts)
