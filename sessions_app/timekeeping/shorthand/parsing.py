"""Parses a line of the one-line input, and describes its meaning in one sentence.

    Logo sketches                            starts now
    Logo -20, Logo 10:10-                    started in the past and runs on
    Call 9-10:25, Call 9:15 45m              adds a finished session
    Call 45m                                 adds one that ends now
    Call 14-15:30 yesterday @acme #talk      on another day, for a project, with a tag

`chips` finds the phrases, `time_words` reads each phrase, and `line_times` computes start and end. The package's
docstring has the grammar.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sessions_app.timekeeping.messages import Message, Value, gettext_noop
from sessions_app.timekeeping.shorthand.chips import QUOTES, Chip, SplitLine, split_line
from sessions_app.timekeeping.shorthand.line_times import Disambiguation, LineTimes
from sessions_app.timekeeping.shorthand.problems import Problem, UnclearInputError
from sessions_app.timekeeping.shorthand.wall_clock import DAY, WallClock, length_between
from timetracker.characters import isolate

LineKind = Literal["start_now", "start_at", "add"]
_When = Literal["today", "yesterday", "earlier"]

_START_NOW = {True: gettext_noop("Start “%(name)s” now."), False: gettext_noop("Start now, without a name.")}
_START_AT: dict[tuple[bool, _When], str] = {
    (True, "today"): gettext_noop("Start “%(name)s” at %(start)s today, %(duration)s ago."),
    (True, "yesterday"): gettext_noop("Start “%(name)s” at %(start)s yesterday, %(duration)s ago."),
    (True, "earlier"): gettext_noop("Start “%(name)s” at %(start)s on %(date)s, %(duration)s ago."),
    (False, "today"): gettext_noop("Start at %(start)s today, %(duration)s ago, without a name."),
    (False, "yesterday"): gettext_noop("Start at %(start)s yesterday, %(duration)s ago, without a name."),
    (False, "earlier"): gettext_noop("Start at %(start)s on %(date)s, %(duration)s ago, without a name."),
}
_ADD: dict[tuple[bool, _When], str] = {
    (True, "today"): gettext_noop("Add “%(name)s”, %(start)s–%(end)s today, %(duration)s."),
    (True, "yesterday"): gettext_noop("Add “%(name)s”, %(start)s–%(end)s yesterday, %(duration)s."),
    (True, "earlier"): gettext_noop("Add “%(name)s”, %(start)s–%(end)s on %(date)s, %(duration)s."),
    (False, "today"): gettext_noop("Add %(start)s–%(end)s today, %(duration)s, without a name."),
    (False, "yesterday"): gettext_noop("Add %(start)s–%(end)s yesterday, %(duration)s, without a name."),
    (False, "earlier"): gettext_noop("Add %(start)s–%(end)s on %(date)s, %(duration)s, without a name."),
}
_BUTTON_START = gettext_noop("Start")
_BUTTON_START_AT: dict[_When, str] = {
    "today": gettext_noop("Start at %(start)s"),
    "yesterday": gettext_noop("Start yesterday at %(start)s"),
    "earlier": gettext_noop("Start on %(date)s at %(start)s"),
}
_BUTTON_ADD: dict[_When, str] = {
    "today": gettext_noop("Add %(duration)s"),
    "yesterday": gettext_noop("Add %(duration)s, yesterday"),
    "earlier": gettext_noop("Add %(duration)s, %(date)s"),
}
_BUTTON_ADD_WHAT = gettext_noop("Add")


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """The meaning of a line.

    `kind` is the action. `start_now` starts a session at the server's time; `start` and `end` are None. `start_at`
    starts a session at `start` that runs on. `add` adds a finished session, with `start` < `end`, at most 31 days
    apart. Instants are in UTC, whole minutes of the wall clock, and not later than now.

    With a `problem`, both instants are None, `sentence` is the problem's, and nothing may be written until the problem
    is answered. `project` and `tags` are as typed, without their signs. `chips` are the phrases that were understood,
    in the order of the line.
    """

    kind: LineKind
    name: str
    project: str | None
    project_is_exact: bool
    """Whether the project was typed in quotes, and so is the full name, not only its beginning."""
    tags: tuple[str, ...]
    start: datetime | None
    end: datetime | None
    chips: tuple[Chip, ...]
    problem: Problem | None
    sentence: Message
    button: Message


def parse_line(
    text: str,
    *,
    now: datetime,
    zone: ZoneInfo,
    day: date | None = None,
    day_first: bool,
    clock_24: bool = True,
    projects: Collection[str] = (),
    start_occurrence: int | None = None,
    end_occurrence: int | None = None,
    long_is_meant: bool = False,
) -> ParsedLine:
    """Returns the meaning of `text`, one line, at `now` (aware) for a user in `zone`. Every text has one: never raises.

    Unless the line names a day, finished sessions are added on `day` (by default today), and running sessions started
    today. With `day_first`, 11/12 is 11 December; `clock_24` selects how times are spelled. `projects` are the folded
    names of several words that are understood without quotes. `start_occurrence`, `end_occurrence` (1 or 2) and
    `long_is_meant` answer problems of an earlier call.
    """
    wall = WallClock(now, zone, clock_24)
    line = split_line(text, today=wall.today, day_first=day_first, projects=projects)
    start: datetime | None = None
    end: datetime | None = None
    problem: Problem | None = None
    try:
        disambiguation = Disambiguation(start_occurrence, end_occurrence, long_is_meant)
        start, end = LineTimes(text, line, wall, day, day_first, disambiguation).read()
    except UnclearInputError as unclear:
        problem = unclear.problem
    project = line.find("project")
    kind = _kind(line)
    return ParsedLine(
        kind=kind,
        name=line.name,
        project=None if project is None else str(project[1]),
        project_is_exact=project is not None and project[0].word[1:2] in QUOTES,
        tags=tuple(dict.fromkeys(str(value) for chip, value in line.pairs() if chip.kind == "tag")),
        start=start,
        end=end,
        chips=line.chips,
        problem=problem,
        sentence=_sentence(line.name, start, end, wall) if problem is None else problem.message,
        button=_button(kind, start, end, wall),
    )


def _kind(line: SplitLine) -> LineKind:
    if line.find("range", "length"):
        return "add"
    return "start_at" if line.find("start", "ago") else "start_now"


def _sentence(name: str, start: datetime | None, end: datetime | None, wall: WallClock) -> Message:
    if start is None:
        return Message(_START_NOW[bool(name)], {"name": isolate(name)})
    when = _when(start, wall)
    values: dict[str, Value] = {"name": isolate(name), "start": wall.time_at(start), "date": wall.date_at(start)}
    if end is None:
        return Message(_START_AT[bool(name), when], {**values, "duration": length_between(start, wall.now)})
    duration = length_between(start, end)
    return Message(_ADD[bool(name), when], {**values, "end": wall.end_at(start, end), "duration": duration})


def _button(kind: LineKind, start: datetime | None, end: datetime | None, wall: WallClock) -> Message:
    """Returns the label of the button for the line; while a problem is open, only the verb."""
    if start is None:
        return Message(_BUTTON_ADD_WHAT if kind == "add" else _BUTTON_START)
    if end is None:
        values: dict[str, Value] = {"start": wall.time_at(start), "date": wall.date_at(start)}
        return Message(_BUTTON_START_AT[_when(start, wall)], values)
    values = {"duration": length_between(start, end), "date": wall.date_at(start)}
    return Message(_BUTTON_ADD[_when(start, wall)], values)


def _when(start: datetime, wall: WallClock) -> _When:
    day = wall.date_at(start)
    if day == wall.today:
        return "today"
    return "yesterday" if day == wall.today - DAY else "earlier"
