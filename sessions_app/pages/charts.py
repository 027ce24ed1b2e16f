"""Geometry of the charts of weeks and months, which templates draw as SVG.

Heights are whole pixels, widths strings such as `12.5%`, so that no locale puts a comma in them.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sessions_app.models import Project
from sessions_app.selectors.catalogue import Catalogue
from sessions_app.selectors.totals import Total, Totals
from sessions_app.timekeeping.periods import Period
from users_app.models import User

Parts = Mapping[date, Mapping[UUID | None, int]]
"""The seconds of each project, or of none, on each day."""

TEXTURES = 4
"""The number of textures (plain, stripes, dots, grid) by which projects of the same colour differ."""
MAX_PROJECT_BARS = 5
MAX_HOUR_LINES = 5
_FULL_DAY_SECONDS = 8 * 60 * 60
_SEGMENT_GAP = 2


@dataclass(frozen=True, slots=True)
class Ink:
    """The colour of a project in charts, and a texture, 0 to 3, by which it differs from others of that colour."""

    project: Project | None
    texture: int = 0

    @property
    def css_class(self) -> str:
        """The CSS class: `p1` to `p8`; `p0`, an outline, without a project."""
        return "p0" if self.project is None else f"p{self.project.colour}"


@dataclass(frozen=True, slots=True)
class Segment:
    """The part of a project in a bar. `y` and `height` are in pixels, from the top of the chart's area."""

    ink: Ink
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A day of a bar chart. `x` is the left edge of its slot, `y` the top of the bar in pixels."""

    date: date
    total: Total
    x: str
    y: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class HourLine:
    """A horizontal line of a bar chart at a number of hours. `y` is in pixels from the top of the chart's area."""

    hours: int
    y: int


@dataclass(frozen=True, slots=True)
class Goals:
    """A user's goals beside the bars of a week, in seconds; None if not set.

    `y` is the line of the day's goal, in pixels from the top of the chart's area; `width` is the reached part of the
    week's goal, such as `58%`.
    """

    day_seconds: int | None
    week_seconds: int | None
    y: int | None
    width: str | None


@dataclass(frozen=True, slots=True)
class ProjectBar:
    """The seconds of a project in a period, and the width of its bar, such as `62.5%`."""

    ink: Ink
    seconds: int
    width: str


def inks_of(catalogue: Catalogue) -> dict[UUID | None, Ink]:
    """Returns the ink of each project, the same on every chart; that of None is for sessions without a project."""
    seen: Counter[int] = Counter()
    inks: dict[UUID | None, Ink] = {None: Ink(None)}
    for project in catalogue.projects.values():
        if project.deleted_at is None:
            inks[project.id] = Ink(project, seen[project.colour] % TEXTURES)
            seen[project.colour] += 1
    return inks


def stacked_bars(
    totals: Totals,
    period: Period,
    parts: Parts,
    inks: Mapping[UUID | None, Ink],
    *,
    height: int,
    day_goal: int | None = None,
) -> list[Bar]:
    """Returns a bar for each day, stacked by project, with the project with most of the period at the bottom.

    The height of the chart's area is the longest day, but at least eight hours and the day's goal. Every segment is at
    least a pixel tall.
    """
    days = [(day, totals.on(day)) for day in period.dates()]
    tallest = _tallest(totals, period, day_goal)
    order = _largest_first(sum_parts(parts, period), inks)
    bars = []
    for number, (day, total) in enumerate(days):
        length = max(round(height * total.seconds / tallest), 2 if total.seconds else 0)
        of_day = [(inks.get(each, inks[None]), parts[day][each]) for each in order if each in parts.get(day, {})]
        segments = _stack(of_day, height=length, foot=height)
        top = min([height - length, *(each.y for each in segments)])
        bars.append(Bar(day, total, percent(number, len(days)), top, tuple(segments)))
    return bars


def goals_of(user: User, totals: Totals, week: Period, *, height: int) -> Goals | None:
    """Returns the goals beside the bars of a week, for a chart of this height; None without goals."""
    day_goal, week_goal = user.day_goal_seconds, user.week_goal_seconds
    if day_goal is None and week_goal is None:
        return None
    y = None if day_goal is None else height - round(height * day_goal / _tallest(totals, week, day_goal))
    width = None if week_goal is None else percent(min(totals.of(week).seconds, week_goal), week_goal)
    return Goals(day_goal, week_goal, y, width)


def hour_lines(totals: Totals, period: Period, *, height: int, day_goal: int | None = None) -> list[HourLine]:
    """Returns at most five lines at whole hours: every two hours, or more if a day is long."""
    tallest = _tallest(totals, period, day_goal)
    step = 2 * -(-tallest // (MAX_HOUR_LINES * 2 * 3600))
    return [
        HourLine(hours, height - round(height * hours * 3600 / tallest))
        for hours in range(step, tallest // 3600 + 1, step)
    ]


def _tallest(totals: Totals, period: Period, day_goal: int | None) -> int:
    """Returns the seconds that correspond to the height of the chart's area."""
    return max(_FULL_DAY_SECONDS, day_goal or 0, *(totals.on(day).seconds for day in period.dates()))


def project_bars(seconds: Mapping[UUID | None, int], inks: Mapping[UUID | None, Ink]) -> list[ProjectBar]:
    """Returns the projects with the most time of a period, longest first, at most MAX_PROJECT_BARS."""
    order = _largest_first(seconds, inks)[:MAX_PROJECT_BARS]
    whole = sum(seconds.values())
    return [ProjectBar(inks.get(each, inks[None]), seconds[each], percent(seconds[each], whole)) for each in order]


def sum_parts(parts: Parts, period: Period) -> dict[UUID | None, int]:
    """Returns the seconds of each project on the days of a period; projects without any are left out."""
    sums: defaultdict[UUID | None, int] = defaultdict(int)
    for day, of_day in parts.items():
        if day in period:
            for project_id, seconds in of_day.items():
                sums[project_id] += seconds
    return {project_id: seconds for project_id, seconds in sums.items() if seconds}


def percent(part: float, whole: float) -> str:
    """Returns a length for CSS and SVG, such as `12.5%`."""
    return f"{100 * part / whole:.2f}".rstrip("0").rstrip(".") + "%"


def _largest_first(seconds: Mapping[UUID | None, int], inks: Mapping[UUID | None, Ink]) -> list[UUID | None]:
    names = {None: ""} | {each: ink.project.name for each, ink in inks.items() if ink.project is not None}
    return sorted(seconds, key=lambda each: (-seconds[each], each is None, names.get(each, "")))


def _stack(seconds: Sequence[tuple[Ink, int]], *, height: int, foot: int) -> list[Segment]:
    """Returns the segments of a bar from the bottom up. They add up to its height unless one would be invisible."""
    whole = sum(each for _ink, each in seconds)
    segments: list[Segment] = []
    reached = 0
    for ink, each in seconds:
        reached += each
        below = segments[-1].y - _SEGMENT_GAP if segments else foot
        top = min(foot - round(height * reached / whole), below - 1)
        segments.append(Segment(ink, top, below - top))
    return segments
