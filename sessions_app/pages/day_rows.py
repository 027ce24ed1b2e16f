"""The rows of the page of a day: its sessions, with what overlaps them, and the gaps between."""

from dataclasses import dataclass
from datetime import date, datetime

from sessions_app.models import TimeSession
from sessions_app.selectors.overlaps import find_overlaps_and_gaps
from sessions_app.selectors.overview import ListedSession, Overview
from sessions_app.timekeeping.intervals import Gap, Overlap

MIN_OVERLAP_SECONDS = 60
"""Pages show minutes: a shorter overlap is not to be seen."""


@dataclass(frozen=True, slots=True)
class OverlapRow:
    """An overlap and the edges that one button could move: the end of the first, the start of the second."""

    overlap: Overlap[TimeSession]

    @property
    def key(self) -> str:
        """The two sessions in their versions, so that a change of either brings the question back."""
        first, second = self.overlap.first, self.overlap.second
        return f"{first.id}.{first.version}-{second.id}.{second.version}"

    @property
    def first_may_end(self) -> datetime | None:
        """Where the first would end, unless that leaves nothing of it."""
        first, second = self.overlap.first, self.overlap.second
        return second.start if second.start > first.start else None

    @property
    def second_may_start(self) -> datetime | None:
        """Where the second would start, unless it is over by then."""
        first, second = self.overlap.first, self.overlap.second
        fits = first.end is not None and (second.end is None or second.end > first.end)
        return first.end if fits else None


@dataclass(frozen=True, slots=True)
class DayRow:
    """A session with the overlaps in which it is the later, or a gap."""

    start: datetime
    listed: ListedSession | None = None
    overlaps: tuple[OverlapRow, ...] = ()
    gap: Gap[TimeSession] | None = None


def rows_of_day(overview: Overview, day: date, *, dismissed: list[str]) -> list[DayRow]:
    """Returns what the page of a day lists, latest first. `dismissed` are the keys of overlaps that the user keeps."""
    listed = overview.sessions_on(day)
    findings = find_overlaps_and_gaps((each.session for each in listed), day, now=overview.now)
    asked = [
        row
        for row in map(OverlapRow, findings.overlaps)
        if row.overlap.seconds >= MIN_OVERLAP_SECONDS and row.key not in dismissed
    ]
    rows = [
        DayRow(
            each.session.start,
            each,
            tuple(row for row in asked if row.overlap.second.id == each.session.id),
        )
        for each in listed
    ]
    # The night after a session that came over midnight is no gap.
    rows += [DayRow(gap.start, gap=gap) for gap in findings.gaps if gap.before.first_date == day]
    return sorted(rows, key=lambda row: row.start, reverse=True)
