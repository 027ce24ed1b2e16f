"""The rows of the lists of projects, clients and tags."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sessions_app import services
from sessions_app.models import Client, Kind, Project
from sessions_app.models.catalogue import CatalogueEntry
from sessions_app.pages.budgets import BudgetBar, read_budget_bars
from sessions_app.pages.context import PageContext
from sessions_app.reports import Dimension, Report, ReportQuery, read_report
from sessions_app.selectors.catalogue import projects_of, read_project_use, read_tag_use
from sessions_app.timekeeping.periods import month_period
from timetracker.money import format_rate
from users_app.models import User

_DIMENSIONS: dict[Kind, Dimension] = {Kind.PROJECT: "project", Kind.CLIENT: "client", Kind.TAG: "tag"}


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A row of a list. `rate` is the formatted rate of new sessions, "" for none."""

    entry: CatalogueEntry
    rate: str
    seconds: int
    """The seconds of the present month."""
    last_used: date | None
    unused_since: date | None = None
    """If `last_used` is None: the day since which the entry was not used; None if it never was."""
    projects: tuple[Project, ...] = ()
    """The projects of a client."""
    budget: BudgetBar | None = None
    """The budget of a project."""


def read_rows(page: PageContext, kind: Kind, entries: Collection[CatalogueEntry]) -> list[EntryRow]:
    """Returns the rows of a page of a list. The number of queries does not depend on that of entries; none for none."""
    if not entries:
        return []
    with page.snapshot():
        query = ReportQuery(month_period(page.today), (_DIMENSIONS[kind],))
        month = read_report(page.user, query, now=page.now)
        use = read_tag_use(page.user) if kind == Kind.TAG else read_project_use(page.user)
        projects = [each for each in entries if isinstance(each, Project)]
        budgets = read_budget_bars(page, projects, month)
    seconds = _seconds_of_entries(month)
    rows = []
    for entry in entries:
        of_client = projects_of(page.catalogue, entry) if isinstance(entry, Client) else ()
        days = [use.last_used[each.id] for each in (entry, *of_client) if each.id in use.last_used]
        rows.append(
            EntryRow(
                entry,
                _format_rate(page.user, entry),
                seconds[entry.id],
                max(days, default=None),
                use.since,
                of_client,
                budgets.get(entry.id),
            )
        )
    return rows


def _seconds_of_entries(report: Report) -> defaultdict[UUID, int]:
    """Returns the seconds of each entry; a session with several tags counts for each of them."""
    seconds: defaultdict[UUID, int] = defaultdict(int)
    for group in report.groups:
        for entry_id in group.key if isinstance(group.key, tuple) else (group.key,):
            seconds[entry_id] += group.figures.seconds  # type: ignore[index]  # ids, as these dimensions have them
    return seconds


def _format_rate(user: User, entry: CatalogueEntry) -> str:
    match entry:
        case Project():
            rate, currency = services.resolve_rate(user, entry)
        case Client():
            rate, currency = entry.hourly_rate, entry.currency or user.currency
        case _:
            rate, currency = None, ""
    return "" if rate is None else format_rate(rate, currency)
