"""Converts local times of a file to instants."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sessions_app.imports.rows import ImportedSession, RejectedRow, RejectionCode
from sessions_app.timekeeping.bounds import MAX_DURATION
from sessions_app.timekeeping.local_times import readings
from sessions_app.timekeeping.messages import Message, gettext_noop

_TOO_LONG = gettext_noop("This is longer than 31 days.")
_BEFORE = gettext_noop("The end is before the start.")
_NO_LENGTH = gettext_noop("The start is the end: no time was tracked.")
_SKIPPED = gettext_noop("%(time)s did not exist in %(zone)s: the clock went forward. Is the time zone right?")
_OUT_OF_CALENDAR = gettext_noop("There is no such date.")


def instants_of(session: ImportedSession, zone: ZoneInfo) -> tuple[datetime, datetime | None] | RejectedRow:
    """Returns the instants (UTC, whole seconds) of a session that has a start; the end is None while it runs.

    `zone` is the zone of naive times. Of an ambiguous time, the occurrence is used that fits the stated duration best,
    else the first for which the end is after the start. A skipped time proves that the zone is wrong, and is rejected,
    as is a session that ends before its start, has no length, or is longer than 31 days.
    """
    try:
        return _instants(session, zone)
    except (OverflowError, ValueError):
        return _rejected(session, "bad_date", Message(_OUT_OF_CALENDAR))


def _instants(session: ImportedSession, zone: ZoneInfo) -> tuple[datetime, datetime | None] | RejectedRow:
    assert session.start is not None  # noqa: S101  # hours without clock times have none
    starts = _occurrences(session.start, zone)
    if not starts:
        return _skipped_time(session, session.start, zone)
    length = None if session.duration_seconds is None else timedelta(seconds=session.duration_seconds)
    if session.is_running:
        return starts[0], None
    if session.end is None or (session.is_duration_billed and length is not None and length):
        if length is None:
            return starts[0], None
        return _checked(session, _nearest_start(session, starts, length, zone), length)
    ends = _occurrences(session.end, zone)
    if not ends:
        return _skipped_time(session, session.end, zone)
    start, end = _nearest_pair(starts, ends, length)
    return _checked(session, start, end - start)


def _nearest_pair(starts: list[datetime], ends: list[datetime], length: timedelta | None) -> tuple[datetime, datetime]:
    """Returns the occurrences of start and end whose distance is nearest to the length; the first ones without it."""
    if len(starts) == len(ends) == 1:
        return starts[0], ends[0]
    pairs = [(start, end) for start in starts for end in ends]
    after = [pair for pair in pairs if pair[1] >= pair[0]] or pairs[-1:]
    return after[0] if length is None else min(after, key=lambda pair: abs(pair[1] - pair[0] - length))


def _nearest_start(session: ImportedSession, starts: list[datetime], length: timedelta, zone: ZoneInfo) -> datetime:
    """Returns the occurrence of the start which, with the length added, is nearest to the end, if there is one."""
    ends = _occurrences(session.end, zone) if session.end is not None and len(starts) > 1 else []
    if not ends:
        return starts[0]
    return min(starts, key=lambda start: min(abs(end - start - length) for end in ends))


def _occurrences(clock: datetime, zone: ZoneInfo) -> list[datetime]:
    """Returns the instants of a local time, in order: one, two if it is ambiguous, none if it was skipped."""
    if clock.tzinfo is not None:
        return [clock.astimezone(UTC).replace(microsecond=0)]
    first, second = readings(clock.replace(microsecond=0) if clock.microsecond else clock, zone)
    if first > second:
        return []
    return [first] if first == second else [first, second]


def _checked(
    session: ImportedSession, start: datetime, length: timedelta
) -> tuple[datetime, datetime | None] | RejectedRow:
    if length < timedelta(0):
        return _rejected(session, "end_before_start", Message(_BEFORE))
    if not length:
        return _rejected(session, "zero_length", Message(_NO_LENGTH))
    if length > MAX_DURATION:
        return _rejected(session, "too_long", Message(_TOO_LONG))
    return start, start + length


def _skipped_time(session: ImportedSession, clock: datetime, zone: ZoneInfo) -> RejectedRow:
    values = {"time": f"{clock:%Y-%m-%d %H:%M}", "zone": zone.key}
    return _rejected(session, "nonexistent_local_time", Message(_SKIPPED, values))


def _rejected(session: ImportedSession, code: RejectionCode, reason: Message) -> RejectedRow:
    return RejectedRow(session.line, reason, code, session.record)
