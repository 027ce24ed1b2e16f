"""The rows of the page of a day: its sessions, with what overlaps them, and the gaps between."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime

from sessions_app.models import TimeSession
from sessions_app.selectors.overlaps import find_overlaps_and_gaps
from sessions_app.selectors.overview import ListedSession, Overview
from sessions_app.timekeeping.intervals import MIN_GAP, Overlap
from sessions_app.timekeeping.periods import seconds_between

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
class GapRow:
    """Untracked time `[start, end)` after one session and before another; `after` is None when it lasts until now."""

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
    """A session, and whether it overlaps another in a way that is asked about; or a gap."""

    start: datetime
    listed: ListedSession[TimeSession] | None = None
    overlaps: bool = False
    gap: GapRow | None = None


@dataclass(frozen=True, slots=True)
class DayList:
    """What the page of a day lists, latest first, and what it asks about: overlaps by pair, and ends to check."""

    rows: list[DayRow]
    overlaps: list[OverlapRow]
    ends_to_check: list[TimeSession]

    @property
    def questions(self) -> int:
        """How many there are; more than a few are folded."""
        return len(self.overlaps) + len(self.ends_to_check)


def list_day(
    overview: Overview[TimeSession],
    day: date,
    *,
    is_today: bool,
    dismissed: Container[str] = (),
    forgotten: TimeSession | None = None,
) -> DayList:
    """Returns what the page of a day lists.

    `dismissed` are the keys of overlaps that the user keeps. While a card asks about the end of a `forgotten` session,
    nothing is asked about its overlaps: they are gone with the answer.
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
    # The night after a session that came over midnight is no gap.
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
