"""The use of a project's budget, as the API returns it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta

from sessions_app.models import Project
from sessions_app.reports.budgets import BudgetUse
from sessions_app.timekeeping.periods import day_of, month_period
from timetracker.shapes import Currency, Money, ServerTime, Shape, money_text
from users_app.models import User

_IN_TIME = Meta(examples=[None])
"""The example has a budget in time."""


class Budget(Shape):
    """What is used of a project's budget as of `serverTime`: in seconds or in money, the other keys are null.

    All but `projectId` and `serverTime` are null for a project without a budget.
    """

    project_id: UUID
    from_date: Annotated[date, Meta(description="Of a monthly budget.", examples=["2026-03-01"])] | None
    to_date: Annotated[date, Meta(description="The day after the month.", examples=["2026-04-01"])] | None
    budget_seconds: Annotated[int, Meta(examples=[144000])] | None
    used_seconds: Annotated[int, Meta(examples=[115200])] | None
    left_seconds: Annotated[int, Meta(description="Negative when more is used.", examples=[28800])] | None
    budget_amount: Annotated[Money, _IN_TIME] | None
    used_amount: Annotated[Money, _IN_TIME] | None
    left_amount: Annotated[Money, Meta(description="Negative when more is used.", examples=[None])] | None
    currency: Annotated[Currency, Meta(description="That of the rate: no other counts.", examples=[None])] | None
    used_percent: Annotated[int, Meta(description="Cut: 100 is all of it, or more.", examples=[80])] | None
    server_time: ServerTime

    @classmethod
    def of_project(cls, user: User, project: Project, use: BudgetUse | None, now: datetime) -> Self:
        """Returns the use of a budget as JSON shows it; None where there is no budget."""
        is_in_money = use is not None and use.currency != ""
        month = month_period(day_of(now, user.zone)) if use is not None and use.is_monthly else None
        figures = (None, None, None) if use is None else (use.limit, use.used, use.left)
        limit, used, left = (None if each is None or is_in_money else int(each) for each in figures)
        amounts = [money_text(Decimal(each)) if each is not None and is_in_money else None for each in figures]
        return cls(
            project_id=project.id,
            from_date=None if month is None else month.first,
            to_date=None if month is None else month.end,
            budget_seconds=limit,
            used_seconds=used,
            left_seconds=left,
            budget_amount=amounts[0],
            used_amount=amounts[1],
            left_amount=amounts[2],
            currency=None if use is None else use.currency or None,
            used_percent=None if use is None else use.percent,
            server_time=now,
        )
