"""Reports: the tracked time of a period and its amounts, grouped by up to three dimensions.

The dimensions are day, week, month, client, project, tag and name. A report takes two queries, however long the history
is: the database sums the sessions whose days all belong to one line, by line and cell; the few others, and the running
one, are split over their days as in all totals. On each of its days, a session belongs to one line (a session with
several tags to the line of those tags together), so the lines add up to the total, and all groupings have the same.
"""

from sessions_app.reports.cells import Part
from sessions_app.reports.dimensions import DIMENSIONS, MAX_DIMENSIONS, Dimension, GroupValue, period_of
from sessions_app.reports.drill_down import DrillDown, read_drill_down
from sessions_app.reports.lines import read_report
from sessions_app.reports.query import ReportQuery, drill_down
from sessions_app.reports.report import Figures, Group, Line, LinePart, Report, percents_of, sum_figures

__all__ = [
    "DIMENSIONS",
    "MAX_DIMENSIONS",
    "Dimension",
    "DrillDown",
    "Figures",
    "Group",
    "GroupValue",
    "Line",
    "LinePart",
    "Part",
    "Report",
    "ReportQuery",
    "drill_down",
    "percents_of",
    "period_of",
    "read_drill_down",
    "read_report",
    "sum_figures",
]
