"""Finds the start and the end that the phrases of a line mean, or reports why they are not clear."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sessions_app.timekeeping.bounds import EARLIEST_START, MAX_DURATION
from sessions_app.timekeeping.shorthand import problems
from sessions_app.timekeeping.shorthand.chips import Chip, Range, SplitLine
from sessions_app.timekeeping.shorthand.problems import Choice, Problem, UnclearInputError
from sessions_app.timekeeping.shorthand.time_words import (
    MIDNIGHT,
    ClockWord,
    DateWord,
    LengthWord,
    ShiftWord,
    sooner_end,
)
from sessions_app.timekeeping.shorthand.wall_clock import (
    DAY,
    MAX_OVER_MIDNIGHT,
    WallClock,
    length_between,
)

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Disambiguation:
    """The user's answers to the problems of a line: the occurrences (1 or 2), and whether a long session is meant."""

    start_occurrence: int | None
    end_occurrence: int | None
    long_is_meant: bool


@dataclass(frozen=True, slots=True)
class LineTimes:
    """The times that `line`, split from `text`, names. Finished sessions are added on `shown_day` by default."""

    text: str
    line: SplitLine
    wall: WallClock
    shown_day: date | None
    day_first: bool
    answers: Disambiguation

    def read(self) -> tuple[datetime | None, datetime | None]:
        """Returns start and end (UTC). A session that runs on has no end, one that starts now has neither.

        Raises UnclearInputError.
        """
        when = self.line.find("range", "start", "clock", "ago", "length")
        if when is None:
            return None, None
        typed_day = self._typed_day()
        length = self._length()
        end: datetime | None
        match when:
            case Chip() as chip, Range() as typed:
                start, end = self._range(chip, typed, typed_day)
            case _:
                start, end = self._from_start(typed_day, length)
        self._check(when[0].word, start, end, typed_day)
        return start, end

    def _typed_day(self) -> date | None:
        match self.line.find("day"):
            case Chip() as chip, DateWord(date=None):
                raise UnclearInputError(problems.not_a_date(chip.word, day_first=self.day_first))
            case Chip() as chip, DateWord(date=date() as day):
                if day != self.wall.today and not self.line.find("range", "start", "clock"):
                    raise UnclearInputError(problems.time_missing(chip.word, day))
                return day
        return None

    def _length(self) -> timedelta | None:
        match self.line.find("length"):
            case Chip() as chip, LengthWord(minutes=minutes):
                return _checked_length(chip.word, minutes)
        return None

    def _range(self, chip: Chip, typed: Range, typed_day: date | None) -> tuple[datetime, datetime]:
        if typed.minutes is None:
            raise UnclearInputError(problems.not_a_time(typed.wrong.text))
        first, last = typed.minutes
        if typed.end.either_half and not (self.wall.clock_24 or typed.start.half):
            last = sooner_end(first, last)
        day = typed_day or self.shown_day or self.wall.today
        start = self.wall.instant(day, first, word=chip.word, bound="start", occurrence=self.answers.start_occurrence)
        end, is_next_day = self.wall.end_after(start, day, last, word=chip.word, occurrence=self.answers.end_occurrence)
        if is_next_day and not self.answers.long_is_meant:
            shorter = self.wall.half_a_day_before(end, start) if typed.end.either_half else None
            if (shorter and typed.start.either_half) or end - start > MAX_OVER_MIDNIGHT:
                self._ask_about_night(chip, start, end, shorter)
        return start, end

    def _from_start(self, typed_day: date | None, length: timedelta | None) -> tuple[datetime, datetime | None]:
        match self.line.find("start", "clock", "ago"):
            case Chip() as chip, ShiftWord(minutes=minutes):
                shift = timedelta(0) if minutes == 0 else _checked_length(chip.word, minutes and -minutes)
                start = self.wall.minute - shift
            case Chip() as chip, ClockWord() as clock:
                if clock.minutes is None or clock.minutes == MIDNIGHT:
                    raise UnclearInputError(problems.not_a_time(clock.text, "start"))
                day = typed_day or (self.shown_day if length else None) or self.wall.today
                start = self.wall.instant(
                    day, clock.minutes, word=chip.word, bound="start", occurrence=self.answers.start_occurrence
                )
            case _:
                return self.wall.minute - (length or _MINUTE), self.wall.minute
        return start, None if length is None else start + length

    def _ask_about_night(self, chip: Chip, start: datetime, end: datetime, shorter: datetime | None) -> None:
        """Raises UnclearInputError that offers `end` and `shorter`, as far as they are not in the future, if any."""
        wall = self.wall
        duration = length_between(start, end)
        choices = []
        if end <= wall.now:
            choices.append(problems.keep(duration, end))
        if shorter is not None and shorter <= wall.now:
            choices.append(self._afternoon(chip, start, shorter))
        if choices:
            problem = problems.over_midnight_long(
                chip.word,
                start=wall.time_at(start),
                end=wall.time_at(end),
                duration=duration,
                choices=tuple(choices),
            )
            raise UnclearInputError(problem)

    def _afternoon(self, chip: Chip, start: datetime, end: datetime) -> Choice:
        first, last = (instant.astimezone(self.wall.zone) for instant in (start, end))
        line = self._with(chip, f"{first:%H:%M}-{last:%H:%M}")
        return problems.afternoon(self.wall.reading(first), self.wall.reading(last), line=line)

    def _check(self, word: str, start: datetime, end: datetime | None, typed_day: date | None) -> None:
        """Raises UnclearInputError for times that no session may have."""
        if start < EARLIEST_START:
            raise UnclearInputError(problems.out_of_range(word))
        if start > self.wall.now or (end or start) > self.wall.now:
            raise UnclearInputError(self._in_future(word, start, end, typed_day))
        if end is None and self.wall.now - start > MAX_DURATION:
            raise UnclearInputError(problems.starts_too_early(word, self.wall.date_at(start)))
        if end is not None and end <= start:
            raise UnclearInputError(problems.end_not_after_start(word))

    def _in_future(self, word: str, start: datetime, end: datetime | None, typed_day: date | None) -> Problem:
        wall = self.wall
        day = typed_day or (self.shown_day if end else None) or wall.today
        choices: tuple[Choice, ...] = ()
        if day == wall.today and (end or start) - DAY <= wall.now:
            choices = (problems.yesterday(line=self._with(self._day_chip(), "yesterday")),)
        bound: problems.Bound = "start" if end is None or start > wall.now else "end"
        instant = end if end is not None and bound == "end" else start
        future_day = wall.date_at(instant)
        return problems.in_future(
            word,
            bound,
            None if future_day == wall.today else future_day,
            time=wall.time_at(instant),
            choices=choices,
        )

    def _day_chip(self) -> Chip | None:
        found = self.line.find("day")
        return None if found is None else found[0]

    def _with(self, chip: Chip | None, word: str) -> str:
        """Returns the text with `word` instead of `chip`, or at its end."""
        if chip is None:
            return f"{self.text.rstrip()} {word}"
        return self.text[: chip.start] + word + self.text[chip.end :]


def _checked_length(word: str, minutes: int | None) -> timedelta:
    if minutes is None:
        raise UnclearInputError(problems.not_a_length(word))
    if minutes > MAX_DURATION // _MINUTE:
        raise UnclearInputError(problems.length_too_long(word))
    return timedelta(minutes=minutes)
