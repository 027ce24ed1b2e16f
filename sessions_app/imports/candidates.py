"""Makes of the rows of a file what would be sessions here: instants, and by what they are known again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo

from sessions_app.imports.instants import MAX_LENGTH, instants_of
from sessions_app.imports.rows import ImportedSession, ReadFile, RejectedRow, RejectionCode, SkippedRow
from sessions_app.services.validation import EARLIEST_START, FUTURE_TOLERANCE
from sessions_app.timekeeping.messages import Message, gettext_noop
from users_app.zones import zone_names, zone_or_utc

_TOO_EARLY = gettext_noop("This is before 1970.")
_TOO_LATE = gettext_noop("This is in the future.")
_NO_LENGTH = gettext_noop("No time was tracked.")
_TOO_LONG = gettext_noop("This is longer than 31 days.")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that can be a session. `start` and `end` (UTC) are None where only the day and the length are known.

    Any of `identities` tells that it came in before. One that `is_running` has no end.
    """

    row: ImportedSession
    timezone: str
    start: datetime | None
    end: datetime | None
    seconds: int
    identities: tuple[str, ...]
    is_running: bool = False

    @property
    def day(self) -> date:
        """The local day on which it begins."""
        if self.start is not None:
            return self.start.astimezone(zone_or_utc(self.timezone)).date()
        assert self.row.date is not None  # noqa: S101  # what has no start has a date
        return self.row.date


def read_candidates(
    file: ReadFile, timezone: str, now: datetime, *, after: int = 0
) -> Iterator[Candidate | RejectedRow | SkippedRow]:
    """Yields what each row of a file behind line `after` is. `timezone` is that of times without one.

    All rows are read, since what is equal is told apart by counting.
    """
    counts: dict[bytes, int] = {}
    zones: dict[str, ZoneInfo] = {}
    for row in file.rows():
        if not isinstance(row, ImportedSession):
            if row.line > after:
                yield row
            continue
        digest = blake2b(f"{file.tool}\x1f{row.record}".encode("utf-8", "replace"), digest_size=16)
        count = counts[digest.digest()] = counts.get(digest.digest(), 0) + 1
        if row.line <= after:
            continue
        identities: tuple[str, ...] = (f"{digest.hexdigest()}.{count}",)
        if row.external_id:
            known_by = f"{file.tool}\x1f{row.external_id}".encode("utf-8", "replace")
            identities = (f"id.{blake2b(known_by, digest_size=16).hexdigest()}", *identities)
        name = row.timezone if row.timezone in zone_names() else timezone
        if name not in zones:
            zones[name] = zone_or_utc(name)
        yield _candidate(row, name, zones[name], now, identities)


def _candidate(
    row: ImportedSession, timezone: str, zone: ZoneInfo, now: datetime, identities: tuple[str, ...]
) -> Candidate | RejectedRow:
    if row.start is None:
        return _of_day(row, timezone, now, identities)
    found = instants_of(row, zone)
    if isinstance(found, RejectedRow):
        return found
    start, end = found
    if start < EARLIEST_START:
        return _rejected(row, "bad_date", _TOO_EARLY)
    if start > now + FUTURE_TOLERANCE:
        return _rejected(row, "bad_date", _TOO_LATE)
    seconds = 0 if end is None else int((end - start).total_seconds())
    return Candidate(row, timezone, start, end, seconds, identities, is_running=end is None)


def _of_day(row: ImportedSession, timezone: str, now: datetime, identities: tuple[str, ...]) -> Candidate | RejectedRow:
    seconds = row.duration_seconds or 0
    if row.date is None or row.date.year < EARLIEST_START.year:
        return _rejected(row, "bad_date", _TOO_EARLY)
    if row.date > (now + FUTURE_TOLERANCE).date():
        return _rejected(row, "bad_date", _TOO_LATE)
    if seconds <= 0:
        return _rejected(row, "zero_length", _NO_LENGTH)
    if timedelta(seconds=seconds) > MAX_LENGTH:
        return _rejected(row, "too_long", _TOO_LONG)
    return Candidate(row, timezone, None, None, seconds, identities)


def _rejected(row: ImportedSession, code: RejectionCode, text: str) -> RejectedRow:
    return RejectedRow(row.line, Message(text), code, row.record[:200])
