"""Converts rows of a file to candidates for sessions, with instants and identities."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from uuid import UUID
from zoneinfo import ZoneInfo

from sessions_app.imports.instants import instants_of
from sessions_app.imports.likeness import minutes_of, traits_of
from sessions_app.imports.rows import TIMETRACKER, ImportedSession, ReadFile, RejectedRow, RejectionCode, SkippedRow
from sessions_app.imports.zones import zone_of
from sessions_app.services.identities import OF_TIMES, OF_TRAITS
from sessions_app.timekeeping.bounds import EARLIEST_START, FUTURE_TOLERANCE, MAX_DURATION
from sessions_app.timekeeping.messages import Message, gettext_noop
from users_app.zones import zone_or_utc

_TO_THE_MINUTE = len("2024-05-05T22:00")
_NOT_DIGITS = re.compile("[^0-9]+")
DIGITS_OF_MINUTE = len("202405052200")
_DIGEST_SIZE = 16
_FEW = 1
"""The bytes of a digest that tell apart the traits of rows that begin in one minute."""
_SHORTER = 24
"""The length of a digest after the digits of a minute. An identity has at most 48 characters."""
_UNKNOWN_ZONE = gettext_noop("The time zone of this row is not known here. Give the name of one, as Europe/Berlin.")
_TOO_EARLY = gettext_noop("This is before 1970.")
_TOO_LATE = gettext_noop("This is in the future.")
_NO_LENGTH = gettext_noop("No time was tracked.")
_TOO_LONG = gettext_noop("This is longer than 31 days.")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that can become a session. `start` and `end` (UTC) are None if only the day and the length are known.

    The row was imported before if a session has any identity in `known_by`, or else if it has `similar`, which is the
    identity of its times, and similar traits. A new session gets `all_identities()`.

    `exported_id` is the id of the session of which this app wrote the row, if it did. If `is_running`, there is no end.
    """

    row: ImportedSession
    timezone: str
    start: datetime | None
    end: datetime | None
    seconds: int
    identities: tuple[str, ...]
    known_by: tuple[str, ...]
    similar: str = ""
    is_running: bool = False
    exported_id: UUID | None = None

    def all_identities(self) -> tuple[str, ...]:
        """Returns the identities of a new session, with those of times and traits."""
        if not self.similar:
            return self.identities
        minutes, _dot, ordinal = self.similar.removeprefix(OF_TIMES).partition(".")
        apart = blake2b(minutes.encode(), digest_size=_FEW).hexdigest()
        traits = f"{OF_TRAITS}{minutes[:DIGITS_OF_MINUTE]}{apart}{traits_of(self.row)}.{ordinal}"
        return *self.identities, self.similar, traits

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
    """Yields the result for each row after line `after`. `timezone` is the zone of times without one.

    All rows are read, since equal rows are numbered.
    """
    identities = _Identities(file.tool)
    zones: dict[str, ZoneInfo] = {}
    for row in file.rows():
        if not isinstance(row, ImportedSession):
            if row.line > after:
                yield row
            continue
        told = zone_of(row.timezone) if row.timezone else ""
        name = told or timezone
        if name not in zones:
            zones[name] = zone_or_utc(name)
        is_placed = told or not row.timezone or row.start is None or row.start.tzinfo is not None
        found = _candidate(row, zones[name], now) if is_placed else _rejected(row, "bad_time", _UNKNOWN_ZONE)
        start, end, seconds = (None, None, 0) if isinstance(found, RejectedRow) else found
        given, known_by, similar = identities.of(row, start)
        if row.line <= after:
            continue
        if isinstance(found, RejectedRow):
            yield found
        else:
            is_running = start is not None and end is None
            exported_id = _uuid(row.external_id) if file.tool == TIMETRACKER else None
            yield Candidate(row, name, start, end, seconds, given, known_by, similar, is_running, exported_id)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


class _Identities:
    """Makes the identities of the rows of a file, and those by which they are recognised. Equal rows are numbered.

    The identity of a record, or of a brief, begins with a letter for its kind and the minute of the start. Identities
    of a file are therefore adjacent in the index, so that a part of an import writes a few pages of it, not one for
    each row. Identities from before decision 253 lack the minute; rows are recognised by them as well.
    """

    def __init__(self, tool: str) -> None:
        self._tool = tool
        self._records, self._briefs, self._twins, self._times = (_Ordinals() for _kind in range(4))

    def of(self, row: ImportedSession, start: datetime | None) -> tuple[tuple[str, ...], tuple[str, ...], str]:
        """Returns the identities of the next row, which starts at `start`, and those by which it is recognised.

        The last is `similar` of a candidate: "" unless the columns of its table may change.

        A brief row is recognised by a brief one, or by any whole one with its times (by its record if all files of its
        tool were whole once); a whole row only by a brief one, since another whole one with its times is another
        session. Likewise a row with an id, or with instants, is recognised by the twin of a row that has neither, and
        the other way round.
        """
        record = self._records.number(f"{self._tool}\x1f{row.record}")
        by_record = f"r{_in_order(row.record, record)}"
        given, known_by = [by_record], [by_record, record]
        if row.brief:
            brief = self._briefs.number(f"{self._tool}\x1f{row.brief}")
            in_order = _in_order(row.brief, brief)
            of_whole, of_brief = f"s{in_order}", f"t{in_order}"
            if row.is_brief:
                given, known_by = [of_brief], [of_brief, of_whole, by_record, record, f"p.{brief}", f"b.{brief}"]
            else:
                given, known_by = [by_record, of_whole], [by_record, of_brief, record, f"p.{brief}"]
        if row.twin is not None and start is not None and not row.is_running:
            twin = self._twins.number(f"{self._tool}\x1f{start:%Y-%m-%dT%H:%M}\x1f{row.twin}")
            with_id, without = f"i.{twin}", f"w.{twin}"
            is_exact = bool(row.external_id) or (row.start is not None and row.start.tzinfo is not None)
            given.append(with_id if is_exact else without)
            known_by.append(without if is_exact else with_id)
        if row.external_id:
            by_id = "id." + _digest(f"{self._tool}\x1f{row.external_id}").hex()
            given, known_by = [by_id, *given], [by_id, *known_by]
        minutes = minutes_of(row)
        return tuple(given), tuple(known_by), f"{OF_TIMES}{minutes}.{self._times.count(minutes)}" if minutes else ""


def traits_in(identity: str) -> str:
    """Returns the traits in an identity that begins with OF_TRAITS."""
    return identity[len(OF_TRAITS) + DIGITS_OF_MINUTE + 2 * _FEW :].partition(".")[0]


def _in_order(text: str, numbered: str) -> str:
    """Returns the digits of the minute at the beginning of a text, and a shorter numbered digest."""
    return f"{_NOT_DIGITS.sub('', text[:_TO_THE_MINUTE])}{numbered[:_SHORTER]}{numbered[2 * _DIGEST_SIZE :]}"


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "replace"), digest_size=_DIGEST_SIZE).digest()


class _Ordinals:
    """Numbers equal texts from 1. For texts that occur once, as most do, it stores only a number of eight bytes."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._counts: dict[int, int] = {}

    def number(self, text: str) -> str:
        """Returns the digest of a text, with the number of its occurrences so far."""
        digest = _digest(text)
        return f"{digest.hex()}.{self._count(int.from_bytes(digest[:8]))}"

    def count(self, text: str) -> int:
        """Returns the number of occurrences of a text so far."""
        return self._count(hash(text))

    def _count(self, key: int) -> int:
        if key not in self._seen:
            self._seen.add(key)
            return 1
        count = self._counts[key] = self._counts.get(key, 1) + 1
        return count


_Found = tuple[datetime | None, datetime | None, int]
"""Start, end and seconds of a candidate."""


def _candidate(row: ImportedSession, zone: ZoneInfo, now: datetime) -> _Found | RejectedRow:
    if row.start is None:
        return _of_day(row, now)
    found = instants_of(row, zone)
    if isinstance(found, RejectedRow):
        return found
    start, end = found
    if start < EARLIEST_START:
        return _rejected(row, "bad_date", _TOO_EARLY)
    if start > now + FUTURE_TOLERANCE:
        return _rejected(row, "bad_date", _TOO_LATE)
    seconds = 0 if end is None else int((end - start).total_seconds())
    return start, end, seconds


def _of_day(row: ImportedSession, now: datetime) -> _Found | RejectedRow:
    seconds = row.duration_seconds or 0
    if row.date is None or row.date.year < EARLIEST_START.year:
        return _rejected(row, "bad_date", _TOO_EARLY)
    if row.date > (now + FUTURE_TOLERANCE).date():
        return _rejected(row, "bad_date", _TOO_LATE)
    if seconds <= 0:
        return _rejected(row, "zero_length", _NO_LENGTH)
    if timedelta(seconds=seconds) > MAX_DURATION:
        return _rejected(row, "too_long", _TOO_LONG)
    return None, None, seconds


def _rejected(row: ImportedSession, code: RejectionCode, text: str) -> RejectedRow:
    return RejectedRow(row.line, Message(text), code, row.record)
