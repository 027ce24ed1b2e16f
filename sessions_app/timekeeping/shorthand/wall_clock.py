"""The wall clock of the user who types: converts its readings to instants and back, and reports unclear readings."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sessions_app.timekeeping.bounds import EARLIEST_START
from sessions_app.timekeeping.durations import format_words
from sessions_app.timekeeping.local_times import AmbiguousTimeError, NonexistentTimeError, readings, to_instant
from sessions_app.timekeeping.messages import Message, gettext_noop
from sessions_app.timekeeping.periods import LATEST_DATE, seconds_between, start_of_day
from sessions_app.timekeeping.shorthand import problems
from sessions_app.timekeeping.shorthand.problems import Bound, UnclearInputError
from sessions_app.timekeeping.shorthand.time_words import MIDNIGHT

MAX_OVER_MIDNIGHT = timedelta(hours=16)
DAY = timedelta(days=1)

_MINUTE = 60
_NEXT_DAY = gettext_noop("%(time)s (+1 day)")
_DAYS_LATER = gettext_noop("%(time)s (%(days)s days)")


@dataclass(frozen=True, slots=True)
class WallClock:
    """The clock of `zone` at `now` (aware). It reads `16:30`, or `4:30 PM` without `clock_24`."""

    now: datetime
    zone: ZoneInfo
    clock_24: bool

    @property
    def minute(self) -> datetime:
        """The instant (UTC) at which the present minute began."""
        return self.now.astimezone(UTC).replace(second=0, microsecond=0)

    @property
    def today(self) -> date:
        """The date that the clock shows now."""
        return self.date_at(self.now)

    def date_at(self, instant: datetime) -> date:
        """Returns the date that the clock shows at `instant`."""
        return instant.astimezone(self.zone).date()

    def instant(
        self,
        day: date,
        minutes: int,
        *,
        word: str,
        bound: Bound,
        occurrence: int | None = None,
        after: datetime | None = None,
    ) -> datetime:
        """Returns the instant (UTC) at which the clock shows `minutes` after midnight of `day`.

        1440 minutes are the end of the day, which is the first instant of the next day even if its midnight was
        skipped. Of a time that the clock shows twice, the occurrence after `after` and not after now is returned; if
        both are, `occurrence` (1 or 2) decides. Raises UnclearInputError if `occurrence` is missing then, if the clock
        skipped the time, and for days outside the years that sessions may have.
        """
        self._check_day(day, minutes, word, bound)
        if minutes == MIDNIGHT:
            return start_of_day(day + DAY, self.zone)
        local = _local(day, minutes)
        try:
            return to_instant(local, self.zone, occurrence=occurrence)
        except NonexistentTimeError as error:
            time_, resumes = self.reading(local), self.reading(error.resumes_at)
            problem = problems.nonexistent_time(word, bound, local.date(), time=time_, resumes=resumes)
            raise UnclearInputError(problem) from error
        except AmbiguousTimeError as error:
            return self._only_possible(error, word, bound, after)

    def end_after(
        self, start: datetime, day: date, minutes: int, *, word: str, occurrence: int | None = None
    ) -> tuple[datetime, bool]:
        """Returns the end (UTC) at `minutes` after midnight of `day`, or of the day after if that is not after `start`.

        The second value tells whether the end is on the day after. Where the clock skipped 0:00 of the day after, it is
        the end of `day`. `occurrence` and errors are as for `instant`.
        """
        self._check_day(day, minutes, word, "end")
        is_next_day = max(readings(_local(day, minutes), self.zone)) <= start
        if is_next_day and minutes == 0 and self._is_skipped(day + DAY):
            return start_of_day(day + DAY, self.zone), is_next_day
        end = self.instant(
            day + DAY if is_next_day else day, minutes, word=word, bound="end", occurrence=occurrence, after=start
        )
        return end, is_next_day

    def half_a_day_before(self, end: datetime, start: datetime) -> datetime | None:
        """Returns the instant (UTC) 12 hours before `end` by the clock, if that is after `start`."""
        earlier = (end.astimezone(self.zone) - timedelta(hours=12)).astimezone(UTC)  # by the wall clock
        return earlier if start < earlier else None

    def _is_skipped(self, day: date) -> bool:
        """Returns whether the clock skipped midnight at the beginning of `day`."""
        first, second = readings(_local(day, 0), self.zone)
        return first > second

    def _check_day(self, day: date, minutes: int, word: str, bound: Bound) -> None:
        if day < EARLIEST_START.date() - DAY:
            raise UnclearInputError(problems.out_of_range(word))
        if day >= LATEST_DATE:
            reading = self.reading(_local(date.min, minutes))
            raise UnclearInputError(problems.in_future(word, bound, day, time=reading, choices=()))

    def _only_possible(self, error: AmbiguousTimeError, word: str, bound: Bound, after: datetime | None) -> datetime:
        if after is not None and error.first <= after:
            return error.second
        if error.second > self.now:
            return error.first
        instants = [(self._offset(instant), instant) for instant in (error.first, error.second)]
        raise UnclearInputError(
            problems.ambiguous_time(word, bound, error.local.date(), time=self.reading(error.local), instants=instants)
        ) from error

    def reading(self, local: datetime) -> str:
        """Returns the time of a local datetime: `9:05`, or `9:05 am`."""
        if self.clock_24:
            return f"{local.hour}:{local.minute:02}"
        half = "am" if local.hour < 12 else "pm"  # noqa: PLR2004
        return f"{(local.hour - 1) % 12 + 1}:{local.minute:02} {half}"

    def time_at(self, instant: datetime) -> str:
        """Returns the reading at `instant`, with its offset from UTC when the clock shows that time twice."""
        local = instant.astimezone(self.zone)
        first, second = readings(local.replace(tzinfo=None, fold=0), self.zone)
        return self.reading(local) if first == second else f"{self.reading(local)} ({self._offset(instant)})"

    def _offset(self, instant: datetime) -> str:
        offset = f"{instant.astimezone(self.zone):%z}"
        return f"UTC{offset[:3]}:{offset[3:5]}"

    def end_at(self, start: datetime, end: datetime) -> Message | str:
        """Returns the reading at `end`, with `(+1 day)` when that is on the day after `start`.

        The number of days may be -1: clocks have been put back over midnight.
        """
        days = (self.date_at(end) - self.date_at(start)).days
        if days == 0:
            return self.time_at(end)
        return Message(_NEXT_DAY if days == 1 else _DAYS_LATER, {"time": self.time_at(end), "days": f"{days:+}"})


def _local(day: date, minutes: int) -> datetime:
    return datetime.combine(day, time.min) + timedelta(minutes=minutes)


def length_between(start: datetime, end: datetime) -> str:
    """Returns the length from `start` to `end`, both aware, as `1 h 25 min`, to whole minutes as times of day are."""
    seconds = seconds_between(start, end)
    return format_words(seconds if seconds < _MINUTE else seconds // _MINUTE * _MINUTE)
