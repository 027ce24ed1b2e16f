"""The problems of typed times. Each names the typed word that it is about and, if there are any, the answers."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sessions_app.timekeeping.messages import Message, gettext_noop

Bound = Literal["start", "end"]
ProblemCode = Literal[
    "not_a_time",
    "not_a_length",
    "not_a_date",
    "time_missing",
    "nonexistent_time",
    "ambiguous_time",
    "in_future",
    "over_midnight_long",
    "too_long",
    "end_not_after_start",
    "out_of_range",
]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a problem, for a button.

    `first` and `second` are passed back as the occurrence (1, 2) of the problem's bound, `keep` as `long_is_meant`.
    In the one-line input, `yesterday` and `afternoon` carry the `line` to parse instead. `instant` (UTC) is the
    value that the answer gives to a field.
    """

    code: Literal["first", "second", "yesterday", "afternoon", "keep"]
    label: Message
    instant: datetime | None = None
    line: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """The reason why nothing may be started, added or saved yet.

    `word` is the typed text, `bound` the time that it belongs to (start or end), and `choices` the answers for buttons.
    """

    code: ProblemCode
    word: str
    message: Message
    bound: Bound | None = None
    choices: tuple[Choice, ...] = ()


class UnclearInputError(ValueError):
    """Raised for typed input that cannot be used before its `problem` is answered."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem.message))
        self.problem = problem


_NOT_A_TIME = gettext_noop("“%(word)s” is not a time. Try 9:45, 945 or -15.")
_NOTHING_TYPED = gettext_noop("Type a time, such as 9:45, 945 or -15.")
_NOT_A_LENGTH = gettext_noop("“%(word)s” is not a length of time. Try 45m, 1h30 or 1.5h.")
_NO_LENGTH_TYPED = gettext_noop("Type a length of time, such as 45m, 1h30 or 1.5h.")
_NOT_A_DATE = gettext_noop("“%(word)s” is not a date. Try %(example)s, 2025-11-17 or yesterday.")
_TIME_MISSING = gettext_noop("When on %(date)s? Type the time too, like 14-15:30.")
_NONEXISTENT = gettext_noop("%(time)s did not exist on %(date)s: the clock was put forward. It went on at %(resumes)s.")
_AMBIGUOUS = gettext_noop("%(time)s came twice on %(date)s: the clock was put back. Which one do you mean?")
_FIRST = gettext_noop("The first time, at %(offset)s")
_SECOND = gettext_noop("The second time, at %(offset)s")
_IN_FUTURE = gettext_noop("%(time)s hasn't come yet.")
_IN_FUTURE_ASK = gettext_noop("%(time)s hasn't come yet. Did you mean yesterday?")
_IN_FUTURE_ON_ASK = gettext_noop("%(time)s on %(date)s hasn't come yet. Did you mean yesterday?")
_IN_FUTURE_ON = gettext_noop("%(time)s on %(date)s hasn't come yet.")
_YESTERDAY = gettext_noop("Yesterday")
_OVER_MIDNIGHT = gettext_noop("From %(start)s to %(end)s on the next day is %(duration)s. Do you mean that?")
_KEEP = gettext_noop("Yes, %(duration)s")
_AFTERNOON = gettext_noop("%(start)s to %(end)s")
_TOO_LONG = gettext_noop("This is longer than 31 days. Give an earlier end.")
_LENGTH_TOO_LONG = gettext_noop("“%(word)s” is longer than 31 days. Give a shorter time.")
_STARTS_TOO_EARLY = gettext_noop("%(date)s is more than 31 days ago. To add a finished session, type its end too.")
_END_NOT_AFTER_START = gettext_noop("The end is not after the start. Give a later end.")
_OUT_OF_RANGE = gettext_noop("The start is before 1970. Give a later one.")


def not_a_time(word: str, bound: Bound | None = None) -> Problem:
    """Reports a word such as `9:75`; for an empty one, asks for a time."""
    return Problem("not_a_time", word, Message(_NOT_A_TIME, {"word": word}) if word else Message(_NOTHING_TYPED), bound)


def not_a_length(word: str) -> Problem:
    """Reports a word such as `1h75` or `0m`; for an empty one, asks for a length."""
    return Problem("not_a_length", word, Message(_NOT_A_LENGTH, {"word": word}) if word else Message(_NO_LENGTH_TYPED))


def not_a_date(word: str, *, day_first: bool) -> Problem:
    """Reports a word such as `31.2.`, which is not in the calendar."""
    return Problem(
        "not_a_date", word, Message(_NOT_A_DATE, {"word": word, "example": "17/11" if day_first else "11/17"})
    )


def time_missing(word: str, day: date) -> Problem:
    """Reports a day, other than today, that was typed without a time."""
    return Problem("time_missing", word, Message(_TIME_MISSING, {"date": day}))


def nonexistent_time(word: str, bound: Bound, day: date, *, time: str, resumes: str) -> Problem:
    """Reports a `time` that the clock skipped; it went on at `resumes`."""
    return Problem(
        "nonexistent_time", word, Message(_NONEXISTENT, {"time": time, "date": day, "resumes": resumes}), bound
    )


def ambiguous_time(word: str, bound: Bound, day: date, *, time: str, instants: list[tuple[str, datetime]]) -> Problem:
    """Reports a `time` that the clock showed twice: at the two `instants`, each with its offset from UTC as text."""
    (first_offset, first), (second_offset, second) = instants
    return Problem(
        "ambiguous_time",
        word,
        Message(_AMBIGUOUS, {"time": time, "date": day}),
        bound,
        (
            Choice("first", Message(_FIRST, {"offset": first_offset}), first),
            Choice("second", Message(_SECOND, {"offset": second_offset}), second),
        ),
    )


def yesterday(*, instant: datetime | None = None, line: str | None = None) -> Choice:
    """Offers the same time a day earlier."""
    return Choice("yesterday", Message(_YESTERDAY), instant, line)


def in_future(word: str, bound: Bound, day: date | None, *, time: str, choices: tuple[Choice, ...]) -> Problem:
    """Reports a `time` in the future, on `day` (None for today)."""
    if day is None:
        message = Message(_IN_FUTURE_ASK if choices else _IN_FUTURE, {"time": time})
    else:
        message = Message(_IN_FUTURE_ON_ASK if choices else _IN_FUTURE_ON, {"time": time, "date": day})
    return Problem("in_future", word, message, bound, choices)


def over_midnight_long(word: str, *, start: str, end: str, duration: str, choices: tuple[Choice, ...]) -> Problem:
    """Reports an end before the start that would make a very long session on the next day."""
    message = Message(_OVER_MIDNIGHT, {"start": start, "end": end, "duration": duration})
    return Problem("over_midnight_long", word, message, "end", choices)


def keep(duration: str, instant: datetime) -> Choice:
    """Offers to keep the session as long as it is."""
    return Choice("keep", Message(_KEEP, {"duration": duration}), instant)


def afternoon(start: str, end: str, *, instant: datetime | None = None, line: str | None = None) -> Choice:
    """Offers the end twelve hours earlier, on the same day."""
    return Choice("afternoon", Message(_AFTERNOON, {"start": start, "end": end}), instant, line)


def too_long(word: str) -> Problem:
    """Reports a finished session of more than 31 days."""
    return Problem("too_long", word, Message(_TOO_LONG), "end")


def length_too_long(word: str) -> Problem:
    """Reports a length of more than 31 days."""
    return Problem("too_long", word, Message(_LENGTH_TOO_LONG, {"word": word}))


def starts_too_early(word: str, day: date) -> Problem:
    """Reports a running session that would have started more than 31 days ago."""
    return Problem("too_long", word, Message(_STARTS_TOO_EARLY, {"date": day}), "start")


def end_not_after_start(word: str) -> Problem:
    """Reports an end that is later only on the clock, because the clock was put back in between."""
    return Problem("end_not_after_start", word, Message(_END_NOT_AFTER_START), "end")


def out_of_range(word: str) -> Problem:
    """Reports a start before 1970, the earliest that sessions may have."""
    return Problem("out_of_range", word, Message(_OUT_OF_RANGE), "start")
