"""Reports: tracked time of a period by up to two of day, week, month, client, project, tag and name, and its worth.

Two queries, whatever the history: the database sums the sessions that are of one line with all their days, by line and
price; the few others, and the running one, are split over their days as all totals are. A session is in one
line of each of its days (one with several tags in the line of those tags together), so lines add up to the total.
"""

from sessions_app.reports.dimensions import DIMENSIONS, MAX_DIMENSIONS, Dimension, GroupValue, period_of
from sessions_app.reports.lines import read_report, rounded_seconds_by_day
from sessions_app.reports.query import ReportQuery, drill_down
from sessions_app.reports.report import Figures, Group, Line, LinePart, Report

__all__ = [
    "DIMENSIONS",
    "MAX_DIMENSIONS",
    "Dimension",
    "Figures",
    "Group",
    "GroupValue",
    "Line",
    "LinePart",
    "Report",
    "ReportQuery",
    "drill_down",
    "period_of",
    "read_report",
    "rounded_seconds_by_day",
]
