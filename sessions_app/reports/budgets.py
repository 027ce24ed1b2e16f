"""The used part of projects' budgets, with the numbers of reports."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sessions_app.models import Project
from sessions_app.models.catalogue import BudgetPeriod
from sessions_app.models.querysets import SessionFilter
from sessions_app.reports.lines import read_report
from sessions_app.reports.query import ReportQuery
from sessions_app.reports.report import Figures, Report
from sessions_app.selectors.totals import read_project_seconds
from sessions_app.services.resolving import resolve_currency
from sessions_app.timekeeping.periods import day_of, month_period
from timetracker.money import calculate_amount
from users_app.models import User

NOTICES = (100, 80)
"""The used parts of a budget, in percent, at which pages show a notice."""


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """A budget and its used part: both in seconds (`currency` is ""), or both in money of `currency`."""

    limit: int | Decimal
    used: int | Decimal
    currency: str
    is_monthly: bool

    @property
    def percent(self) -> int:
        """The used part in whole percent, rounded down, so that 100 means all of it."""
        return int(self.used * 100 // self.limit)

    @property
    def notice(self) -> int:
        """The highest of NOTICES that is reached; 0 if none is."""
        return next((each for each in NOTICES if self.percent >= each), 0)

    @property
    def left(self) -> int | Decimal:
        """The unused part; negative if the budget is exceeded."""
        return self.limit - self.used


def read_budgets(
    user: User, projects: Collection[Project], *, now: datetime, month: Report | None = None
) -> dict[UUID, BudgetUse]:
    """Returns the use of projects' budgets, by id of the project; projects without a budget are left out.

    `month` is a report by project of the user's present month, if the caller has one. Without it, two queries for all
    monthly budgets. Two queries for all total budgets, whose cost grows with the sessions of these projects.
    """
    with_budget = [each for each in projects if each.budget_seconds is not None or each.budget_amount is not None]
    monthly = {each.id for each in with_budget if each.budget_period == BudgetPeriod.MONTH}
    used = _read_totals(user, {each.id for each in with_budget} - monthly, now)
    if monthly and month is None:
        query = ReportQuery(
            month_period(day_of(now, user.zone)), ("project",), where=SessionFilter(projects=frozenset(monthly))
        )
        month = read_report(user, query, now=now)
    if month is not None:
        used |= {each.key: each.figures for each in month.groups if each.key in monthly}  # type: ignore[misc]  # ids
    return {each.id: _use(user, each, used.get(each.id, Figures())) for each in with_budget}


def _read_totals(user: User, project_ids: Collection[UUID], now: datetime) -> dict[UUID | None, Figures]:
    """Returns the figures of projects for all time. Each cell of a project is rounded once."""
    seconds: defaultdict[UUID | None, int] = defaultdict(int)
    amounts: defaultdict[UUID | None, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for cell, tracked in read_project_seconds(user, project_ids, now=now).items():
        seconds[cell.project_id] += tracked
        if cell.billable and cell.hourly_rate is not None:
            amount = calculate_amount([(tracked, cell.hourly_rate)], cell.currency)
            amounts[cell.project_id][cell.currency] += amount
    return {each: Figures(tracked, tracked, amounts=amounts[each]) for each, tracked in seconds.items()}


def _use(user: User, project: Project, figures: Figures) -> BudgetUse:
    is_monthly = project.budget_period == BudgetPeriod.MONTH
    if project.budget_seconds is not None:
        return BudgetUse(project.budget_seconds, figures.seconds, "", is_monthly)
    currency = resolve_currency(user, project)
    return BudgetUse(project.budget_amount or Decimal(), figures.amounts.get(currency, Decimal()), currency, is_monthly)
