"""Bars and sentences about the budgets of projects."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.html import format_html
from django.utils.translation import gettext as _

from sessions_app.formatting import format_length
from sessions_app.models import Project, TimeSession
from sessions_app.pages.context import PageContext
from sessions_app.reports import Report
from sessions_app.reports.budgets import BudgetUse, read_budgets
from timetracker.money import format_rate
from users_app.models import User


@dataclass(frozen=True, slots=True)
class BudgetBar:
    """A budget, formatted for its bar and text. If `is_over`, `left` is by how much the budget is exceeded."""

    use: BudgetUse
    used: str
    limit: str
    left: str
    width: str

    @property
    def is_over(self) -> bool:
        """Whether the budget is exceeded."""
        return self.use.left < 0


def read_budget_bars(
    page: PageContext, projects: Collection[Project], month: Report | None = None
) -> dict[UUID, BudgetBar]:
    """Returns the bars of those projects that have a budget, by id. The queries are those of `read_budgets`."""
    budgets = read_budgets(page.user, projects, now=page.now, month=month)
    return {project_id: _bar(page.user, use) for project_id, use in budgets.items()}


def with_budget_note(text: str, user: User, session: TimeSession, now: datetime) -> str:
    """Returns a message about a session, with a sentence added if much of its project's budget is used.

    One query for a session with a project, and those of `read_budgets` if the project has a budget.
    """
    if session.project_id is None:
        return text
    project = Project.objects.for_user(user).select_related("client").get(id=session.project_id)
    use = read_budgets(user, [project], now=now).get(project.id)
    if use is None or not use.notice:
        return text
    message = (
        _("“%(project)s” has used %(percent)d %% of its budget for this month.")
        if use.is_monthly
        else _("“%(project)s” has used %(percent)d %% of its budget.")
    )
    return format_html("{} {}", text, message % {"project": project, "percent": use.percent})


def _bar(user: User, use: BudgetUse) -> BudgetBar:
    def label(value: int | Decimal) -> str:
        return format_rate(Decimal(value), use.currency) if use.currency else format_length(int(value), user)

    left = max(use.left, -use.left)
    return BudgetBar(use, label(use.used), label(use.limit), label(left), f"{min(use.percent, 100)}%")
