"""Splits a line into the phrases that say when, for which project and with which tags, and the rest, which is the name.

Phrases are taken from the right until one is not understood, or repeats what another one said. A phrase with a
backslash before it is part of the name and does not stop this.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sessions_app.timekeeping.shorthand.time_words import (
    MIDNIGHT,
    ClockWord,
    DateWord,
    LengthWord,
    ShiftWord,
    clock_range,
    clock_word,
    date_word,
    length_word,
    normalize,
    shift_word,
)
from timetracker.characters import INVISIBLE, clean_characters, fold

ChipKind = Literal["project", "tag", "day", "range", "start", "clock", "ago", "length"]

_MAX_WORDS = 6  # `from 9:00 am to 10:25 am`
QUOTES = frozenset('"“”„')
_QUOTE = '["“”„]'
_QUOTED = rf"[@＠]{_QUOTE}(?=[^\"“”„]*\w)([^\"“”„]+){_QUOTE}"
_WORD = re.compile(rf"\\?{_QUOTED}(?!\S)|\S+")  # a project in quotes is one word
_ESCAPE = "\\"
_PROJECT = re.compile(r"[@＠](?=\S*\w)([^\s@＠#＃\\:,;!?\"“”„]+)")
_PROJECT_IN_QUOTES = re.compile(_QUOTED)
_TAG = re.compile(r"[#＃](?=\S*[^\W\d_])([^\s@＠#＃\\:,;!?\"]+)")  # `#123` is an issue
_RANGE = re.compile(
    r"(?:(between) |from |at )?"
    r"(.*?[^- ])( ?- ?| (?:to|till?|until|through|thru|and|bis|à) | ?(?:\.{2,3}|[…~〜→]|->|--) ?)([^-.…> ].*)"
)
_TIME = r"\d{1,2}(?::\d\d(?::\d\d)?(?: ?[ap]\.?m\.?)?| ?[ap]\.?m\.?)"
_TIME_AFTER_TIME = re.compile(rf"()({_TIME})( )({_TIME})", re.ASCII)
_YEAR_MONTH = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])", re.ASCII)
_YEARS = re.compile(r"((?:19|20)\d\d)-((?:19|20)\d\d)", re.ASCII)

# The facts that each kind of phrase states. A line may state each fact once; only tags may repeat.
_GIVES: dict[ChipKind, frozenset[str]] = {
    "project": frozenset({"project"}),
    "tag": frozenset(),
    "day": frozenset({"day"}),
    "range": frozenset({"start", "end"}),
    "start": frozenset({"start"}),
    "clock": frozenset({"start"}),
    "ago": frozenset({"start"}),
    "length": frozenset({"end"}),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A phrase of the line that was understood: `word` is `line[start:end]`."""

    word: str
    kind: ChipKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Range:
    """A typed range of times. `minutes` are both in minutes after midnight, or None when one of them is not a time.

    An end that is not after the start is on the next day. `wrong` is the word that is not a time.
    """

    start: ClockWord
    end: ClockWord
    minutes: tuple[int, int] | None

    @property
    def wrong(self) -> ClockWord:
        """The word that is not a time. As a start, 24:00 is not one."""
        return self.start if self.start.minutes in {None, MIDNIGHT} else self.end


Meaning = Range | ClockWord | ShiftWord | LengthWord | DateWord | str


@dataclass(frozen=True, slots=True)
class SplitLine:
    """The name and the chips of a line, in the order of the line. `meanings` has the meaning of each chip."""

    name: str
    chips: tuple[Chip, ...]
    meanings: tuple[Meaning, ...]

    def pairs(self) -> Iterator[tuple[Chip, Meaning]]:
        """Yields each chip with its meaning."""
        return zip(self.chips, self.meanings, strict=True)

    def find(self, *kinds: ChipKind) -> tuple[Chip, Meaning] | None:
        """Returns the first chip of one of `kinds` with its meaning, or None."""
        return next((pair for pair in self.pairs() if pair[0].kind in kinds), None)


def split_line(text: str, *, today: date, day_first: bool, projects: Collection[str] = ()) -> SplitLine:
    """Returns the name and the chips of `text`. `projects` are names of several words that need no quotes, folded.

    A day counts only beside a time, and a single time such as `9:15` only beside a length, as its start; alone,
    both are part of the name. Invisible characters hide nothing, and the name has none.
    """
    reader = _Reader(clean_characters(text), today, day_first, projects)
    allowed = set(_GIVES)
    while True:
        chips, meanings = reader.take(allowed)
        kinds = {chip.kind for chip in chips}
        if "clock" in kinds and "length" not in kinds:
            allowed.discard("clock")
        elif "day" in kinds and not kinds & {"range", "start", "clock", "ago", "length"}:
            allowed.discard("day")
        else:
            break
    return SplitLine(reader.name_around(chips), tuple(_chips_of(text, chips)), tuple(meanings))


def _chips_of(text: str, chips: list[Chip]) -> Iterator[Chip]:
    """Yields `chips`, found in `text` without its invisible characters, at their positions in `text`."""
    positions = [position for position, letter in enumerate(text) if letter not in INVISIBLE]
    for chip in chips:
        start, end = positions[chip.start], positions[chip.end - 1] + 1
        yield Chip(text[start:end], chip.kind, start, end)


def project_word(name: str) -> str:
    """Returns a project as it is typed in a line: `@Acme`, or `@"Book covers"`, which means exactly this name."""
    return f"@{name}" if _PROJECT.fullmatch(f"@{name}") else f'@"{name}"'


def stray_projects(text: str) -> list[str]:
    """Returns what may be a project in a name: the text after the first `@`, then the word after it alone."""
    for found in _WORD.finditer(text):
        if _PROJECT.fullmatch(found[0]):
            rest = " ".join(text[found.start() + 1 :].split())
            return list(dict.fromkeys([rest, found[0][1:]]))
    return []


def is_tag_word(name: str) -> bool:
    """Returns whether `#name` in a line is understood as the tag of that name."""
    return _TAG.fullmatch(f"#{name}") is not None


class _Reader:
    """Reads one line for one user: weekdays and dates depend on `today` and `day_first`."""

    def __init__(self, text: str, today: date, day_first: bool, projects: Collection[str]) -> None:
        self.text, self.today, self.day_first, self.projects = text, today, day_first, projects

    def take(self, allowed: set[ChipKind]) -> tuple[list[Chip], list[Meaning]]:
        """Returns the chips of the allowed kinds at the end of the text, and their meanings."""
        spans = [found.span() for found in _WORD.finditer(self.text)]
        chips: list[Chip] = []
        meanings: list[Meaning] = []
        given: set[str] = set()
        while spans:
            found = next(self._phrases(spans, has_end="end" in given), None)
            if found is None:
                break
            start, kind, meaning = found
            if self.text[start] != _ESCAPE:
                if kind not in allowed or _GIVES[kind] & given:
                    break
                given |= _GIVES[kind]
                chips.append(Chip(self.text[start : spans[-1][1]], kind, start, spans[-1][1]))
                meanings.append(meaning)
            while spans and spans[-1][0] >= start:
                spans.pop()
        return chips[::-1], meanings[::-1]

    def _phrases(self, spans: list[tuple[int, int]], *, has_end: bool) -> Iterator[tuple[int, ChipKind, Meaning]]:
        """Yields start, kind and meaning of each phrase that the last words form, escaped or not, the longest first.

        If a phrase to the right `has_end`, `9:15 10:15` is not a range: only its last time is read.
        """
        last = spans[-_MAX_WORDS:]
        for number, (start, _) in enumerate(last):
            words = [self.text[slice(*span)] for span in last[number:]]
            phrase = " ".join(words).removeprefix(_ESCAPE)
            if has_end and _TIME_AFTER_TIME.fullmatch(normalize(phrase)):
                continue
            if (read := self._read(phrase)) is not None:
                yield (start, *read)

    def _read(self, phrase: str) -> tuple[ChipKind, Meaning] | None:
        if found := _PROJECT.fullmatch(phrase) or _PROJECT_IN_QUOTES.fullmatch(phrase):
            return "project", " ".join(found[1].split())
        if phrase[:1] in {"@", "＠"} and fold(phrase[1:]) in self.projects:
            return "project", phrase[1:]
        if found := _TAG.fullmatch(phrase):
            return "tag", found[1]
        return self._read_time(normalize(phrase))

    def _read_time(self, phrase: str) -> tuple[ChipKind, Meaning] | None:
        if (day := date_word(phrase, today=self.today, day_first=self.day_first)) is not None:
            return "day", day
        if (length := length_word(phrase.removeprefix("for "), unit_needed=True)) is not None:
            return "length", length
        if (shift := _read_ago(phrase)) is not None:
            return "ago", shift
        if phrase.endswith("-") and (start := clock_word(phrase[:-1])) is not None and _is_meant(start):
            return "start", start
        clock = clock_word(phrase.removeprefix("at "))
        if clock is not None and (clock.unmistakable or (phrase.startswith("at ") and clock.minutes is not None)):
            return "clock", clock
        return _read_range(phrase)

    def name_around(self, chips: list[Chip]) -> str:
        """Returns the text without `chips`, and without the backslashes that escape phrases."""
        ends = [0, *(chip.end for chip in chips)]
        starts = [*(chip.start for chip in chips), len(self.text)]
        pieces = (self.text[end:start].strip() for end, start in zip(ends, starts, strict=True))
        return self._without_escapes(" ".join(piece for piece in pieces if piece))

    def _without_escapes(self, name: str) -> str:
        r"""Returns `name` without the backslashes before phrases, removed from the right.

        `\at \9:00` loses both: `\at 9:00` is an escaped phrase only once the second backslash is gone.
        """
        words = [[found.start(), found.end()] for found in _WORD.finditer(name)]
        for number in reversed(range(len(words))):
            start = words[number][0]
            following = [(first, last) for first, last in words[number : number + _MAX_WORDS]]
            if name[start] == _ESCAPE and self._is_understood(name, following):
                name = name[:start] + name[start + 1 :]
                words[number][1] -= 1
                for later in words[number + 1 : number + _MAX_WORDS]:
                    later[0], later[1] = later[0] - 1, later[1] - 1
        return name

    def _is_understood(self, name: str, spans: list[tuple[int, int]]) -> bool:
        words = [name[slice(*span)] for span in spans]
        words[0] = words[0].removeprefix(_ESCAPE)
        return any(self._read(" ".join(words[: number + 1])) is not None for number in range(len(words)))


def _read_ago(phrase: str) -> ShiftWord | None:
    """Reads `-20` and `20 min ago`."""
    if not phrase.endswith(" ago"):
        return shift_word(phrase) if phrase.startswith("-") else None
    length = length_word(phrase.removesuffix(" ago"), unit_needed=True)
    if length is None:
        return None
    return ShiftWord(None if length.minutes is None else -length.minutes)


def _read_range(phrase: str) -> tuple[ChipKind, Meaning] | None:
    """Reads `9-10:25`; with any other sign than a plain dash, at least one side must be unmistakably a time.

    `9:00 - 10:25`, `9 to 5pm`, `9:00..10:00` are ranges, `9 - 10`, `from 9 to 10` and `9..10` are not. With only a
    blank in between, both sides must be unmistakable. Digits that are not times are text, and so are a month,
    `2025-11`, and two years, `2024-2025`.
    """
    found = _RANGE.fullmatch(phrase) or _TIME_AFTER_TIME.fullmatch(phrase)
    if found is None or _YEAR_MONTH.fullmatch(phrase):
        return None
    if (years := _YEARS.fullmatch(phrase)) and int(years[2]) == int(years[1]) + 1:
        return None
    lead, first, sign, last = found.groups()
    start, end = clock_word(first), clock_word(last)
    if start is None or end is None or (sign == " and ") != bool(lead):
        return None
    if sign != "-" and not _is_surely_a_range(sign, start, end):
        return None
    minutes = clock_range(start, end)
    if minutes is None and not (start.unmistakable or end.unmistakable):
        return None
    return "range", Range(start, end, minutes)


def _is_surely_a_range(sign: str, start: ClockWord, end: ClockWord) -> bool:
    """Returns whether a range is meant where the sign is not a plain dash.

    Beside `9:30` or `5pm`, digits are a time, but not in `9:30 -20`, where they are minutes ago.
    """
    if start.unmistakable and end.unmistakable:
        return True
    if sign in {" -", "- "} or start.minutes is None or end.minutes is None:
        return False
    return start.unmistakable or end.unmistakable


def _is_meant(clock: ClockWord) -> bool:
    return clock.unmistakable or clock.minutes not in {None, MIDNIGHT}
