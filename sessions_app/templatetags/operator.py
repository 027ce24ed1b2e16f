"""The figures on the first page of the admin."""

from datetime import UTC, datetime
from typing import Any

from django import template
from django.template.context import Context

from sessions_app.selectors.operator import read_operator_figures
from sessions_app.timekeeping.durations import format_words
from timetracker.backups.making import last_backup_at
from timetracker.pages import now_of

register = template.Library()

HEIGHT = 60
STEP = 10


@register.inclusion_tag("admin/_figures.html", takes_context=True)
def operator_figures(context: Context) -> dict[str, Any]:
    """`{% operator_figures %}`: users, running sessions, and the sessions of each of the last 30 days as bars."""
    now = now_of(context["request"])
    figures = read_operator_figures(now=now)
    most = max((day.count for day in figures.days), default=0) or 1
    heights = [round(day.count / most * HEIGHT) for day in figures.days]
    bars = [{"x": number * STEP, "height": height, "top": HEIGHT - height} for number, height in enumerate(heights)]
    backup_at = last_backup_at()
    start = figures.longest_start
    return {
        "figures": figures,
        "bars": bars,
        "width": len(bars) * STEP,
        "height": HEIGHT,
        "longest": "" if start is None else format_words(int((now - start).total_seconds())),
        "backup_at": None if backup_at is None else datetime.fromtimestamp(backup_at, tz=UTC),
        "total": sum(day.count for day in figures.days),
    }
