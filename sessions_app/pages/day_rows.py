"""The rows of the page of a day: its sessions, overlaps and gaps."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime

from sessions_app.models import TimeSession
from sessions_app.selectors.overlaps import find_overlaps_and_gaps
from sessions_app.selectors.overview import ListedSession, Overview
from sessions_app.timekeeping.intervals import MIN_GAP, Overlap
from sessions_app.timekeeping.periods import seconds_between

MIN_OVERLAP_SECONDS = 60
"""Shorter overlaps are not shown, since pages show whole minutes."""


@dataclass(frozen=True, slots=True)
class OverlapRow:
    """An overlap, with the edges that a button can move: the end of the first session, the start of the second."""

    overlap: Overlap[TimeSession]

    @property
    def key(self) -> str:
        """The ids and versions of the sessions, so that a dismissed overlap is asked about again after a change."""
        first, second = self.overlap.first, self.overlap.second
        return f"{first.id}.{first.version}-{second.id}.{second.version}"

    @property
    def first_may_end(self) -> datetime | None:
        """The instant at which the first session would end; None if nothing of it would be left."""
        first, second = self.overlap.first, self.overlap.second
        return second.start if second.start > first.start else None

    @property
    def second_may_start(self) -> datetime | None:
        """The instant at which the second session would start; None if nothing of it would be left."""
        first, second = self.overlap.first, self.overlap.second
        fits = first.end is not None and (second.end is None or second.end > first.end)
        return first.end if fits else None


@dataclass(frozen=True, slots=True)
class GapRow:
    """Untracked time `[start, end)` between two sessions; `after` is None if it lasts until now."""

    start: datetime
    end: datetime
    before: TimeSession
    after: TimeSession | None = None

    @property
    def seconds(self) -> int:
        """The length in seconds."""
        return seconds_between(self.start, self.end)


@dataclass(frozen=True, slots=True)
class DayRow:
    """A session, with whether the page asks about an overlap of it; or a gap."""

    start: datetime
    listed: ListedSession[TimeSession] | None = None
    overlaps: bool = False
    gap: GapRow | None = None


@dataclass(frozen=True, slots=True)
class DayList:
    """The rows of a day, latest first, and the questions about it: overlaps by pair, and ends to check."""

    rows: list[DayRow]
    overlaps: list[OverlapRow]
    ends_to_check: list[TimeSession]

    @property
    def questions(self) -> int:
        """The number of questions; more than a few are folded."""
        return len(self.overlaps) + len(self.ends_to_check)


def list_day(
    overview: Overview[TimeSession],
    day: date,
    *,
    is_today: bool,
    dismissed: Container[str] = (),
    forgotten: TimeSession | None = None,
) -> DayList:
    """Returns the rows and questions of the page of a day.

    `dismissed` are the keys of overlaps that the user accepted. While a card asks about the end of a `forgotten`
    session, its overlaps are not asked about, since the answer will resolve them.
    """
    listed = overview.sessions_on(day)
    findings = find_overlaps_and_gaps(
        (each.session for each in listed if each.session.times_known), day, now=overview.now
    )
    overlaps = [
        row
        for row in map(OverlapRow, findings.overlaps)
        if row.overlap.seconds >= MIN_OVERLAP_SECONDS
        and row.key not in dismissed
        and forgotten not in {row.overlap.first, row.overlap.second}
    ]
    overlapping = {session.id for row in overlaps for session in (row.overlap.first, row.overlap.second)}
    rows = [DayRow(each.session.start, each, each.session.id in overlapping) for each in listed]
    # The time after a session that began the day before is no gap.
    gaps = [GapRow(gap.start, gap.end, gap.before, gap.after) for gap in findings.gaps if gap.before.first_date == day]
    if is_today and (until_now := _gap_until_now(listed, day, overview.now)) is not None:
        gaps.append(until_now)
    rows += [DayRow(gap.start, gap=gap) for gap in gaps]
    return DayList(
        sorted(rows, key=lambda row: row.start, reverse=True),
        overlaps,
        [each.session for each in reversed(listed) if each.session.needs_end_check],
    )


def _gap_until_now(listed: list[ListedSession[TimeSession]], day: date, now: datetime) -> GapRow | None:
    """Returns the time since the last session of the day ended, if nothing runs and it is long enough for a gap."""
    sessions = [each.session for each in listed if each.session.times_known]
    if not sessions or any(each.is_running for each in sessions):
        return None
    last = max(sessions, key=lambda session: session.end or now)
    if last.end is None or last.first_date != day or now - last.end < MIN_GAP:
        return None
    return GapRow(last.end, now, last)
