"""The rows of a day: its sessions, with what overlaps them, and the gaps between."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from sessions_app.models import TimeSession
from sessions_app.selectors.overlaps import find_overlaps_and_gaps
from sessions_app.selectors.overview import ListedSession, Overview
from sessions_app.timekeeping.intervals import Gap, Overlap
from sessions_app.views.page_context import back

DISMISSED_OVERLAPS = "kept_overlaps"
MAX_DISMISSED = 200
MIN_OVERLAP_SECONDS = 60
"""Pages show minutes: nobody sees a shorter overlap."""


@dataclass(frozen=True, slots=True)
class OverlapRow:
    """An overlap and the edges that one press could move: the end of the first, the start of the second."""

    overlap: Overlap[TimeSession]

    @property
    def key(self) -> str:
        """Names the two sessions as they are; a change of either brings the question back."""
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
class Row:
    """A session with the overlaps in which it is the later, or a gap."""

    start: datetime
    listed: ListedSession | None = None
    overlaps: tuple[OverlapRow, ...] = ()
    gap: Gap[TimeSession] | None = None


def rows_of_day(overview: Overview, day: date, *, dismissed: list[str]) -> list[Row]:
    """What the page of a day lists, latest first. `dismissed` are the overlaps that the person wants to keep."""
    listed = overview.sessions_on(day)
    findings = find_overlaps_and_gaps((each.session for each in listed), day, now=overview.now)
    asked = [
        row
        for row in map(OverlapRow, findings.overlaps)
        if row.overlap.seconds >= MIN_OVERLAP_SECONDS and row.key not in dismissed
    ]
    rows = [
        Row(
            each.session.start,
            each,
            tuple(row for row in asked if row.overlap.second.id == each.session.id),
        )
        for each in listed
    ]
    # The night after a session that came over midnight is no gap.
    rows += [Row(gap.start, gap=gap) for gap in findings.gaps if gap.before.first_date == day]
    return sorted(rows, key=lambda row: row.start, reverse=True)


@require_POST
def overlap_keep(request: HttpRequest) -> HttpResponse:
    """“Keep both”: this browser is not asked about these two again."""
    dismissed = [*request.session.get(DISMISSED_OVERLAPS, []), request.POST.get("overlap", "")[:200]]
    request.session[DISMISSED_OVERLAPS] = dismissed[-MAX_DISMISSED:]
    return back(request)
