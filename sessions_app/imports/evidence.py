"""Finds the formats of dates and numbers in a table from all of its rows, and the questions that remain."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sessions_app.imports.dates import (
    MAX_STAMP,
    Stamp,
    Triple,
    date_numbers,
    order_of,
    parse_bare_clock,
    parse_stamp,
    parse_time,
)
from sessions_app.imports.numbers import SECONDS_IN, Unit, comma_evidence, is_open, number_in, parse_duration
from sessions_app.imports.rows import EVERYBODY, DateOrder, Question
from sessions_app.imports.titles import is_total

_DATES = ("date", "start_date", "end_date", "start", "end")
_STARTS = ("date", "start_date", "start", "unix_start")
_NUMBERS = ("decimal", "hours", "duration", "rate", "amount")
_OPEN_ORDERS: tuple[DateOrder, ...] = ("dmy", "mdy")
_MAX_DISTINCT = 20_000
_MAX_USERS = 500
_MAX_EXAMPLES = 3
_PAIRS = 5_000
"""The number of rows from which the unit of durations is found. For the order of dates, all rows are read."""
_CLOCK_ERROR = 3_600 + 90
_DAY = timedelta(days=1)
_HOURS_OF_DAY = 24
_MINUTES_OF_WORK = 720
_MONTH = 31 * _DAY
_IN_NAME = re.compile(r"(?<![0-9])([0-9]{1,4})[-_. ]([0-9]{1,2})[-_. ]([0-9]{2,4})(?![0-9])")
_COMPACT_IN_NAME = re.compile(r"(?<![0-9])(20[0-9]{2})(0[1-9]|1[0-2])([0-3][0-9])(?![0-9])")
_BARE_CLOCKS = 2
"""The least number of bare times of day that a file must have: a single one may be a truncated time."""
_BARE = re.compile(r"-?[0-9]{1,20}(?:[.,][0-9]{1,20})?")


@dataclass(slots=True)
class Evidence:
    """The evidence in the rows read so far. Only distinct dates and numbers are kept in memory."""

    columns: dict[str, int]
    header: list[str]
    seen: set[str] = field(default_factory=set)
    orders: Counter[DateOrder] = field(default_factory=Counter)
    dotted: int = 0
    open_dates: set[Triple] = field(default_factory=set)
    date_examples: list[str] = field(default_factory=list)
    halves: int = 0
    commas: Counter[bool] = field(default_factory=Counter)
    number_examples: list[str] = field(default_factory=list)
    users: dict[str, int] = field(default_factory=dict)
    users_by_case: dict[str, str] = field(default_factory=dict)
    users_by_name: dict[str, set[str]] = field(default_factory=dict)
    units: Counter[Unit] = field(default_factory=Counter)
    bare_fractions: int = 0
    bare_numbers: int = 0
    longest: int = 0
    pairs: int = 0
    local_times: int = 0
    bare_clocks: int = 0
    tasks: int = 0

    def read(self, rows: Iterable[tuple[int, list[str]]]) -> None:
        """Reads all rows that have a day or a start and are not repeated headers."""
        starts = [self.columns[each] for each in _STARTS if each in self.columns]
        dates = [self.columns[each] for each in _DATES if each in self.columns]
        numbers = [self.columns[each] for each in _NUMBERS if each in self.columns]
        open_money = {self.columns[each] for each in ("rate", "amount") if each in self.columns}
        task = self.columns.get("task", -1)
        seen = self.seen
        has_users = bool({"user", "email", "first_name", "last_name"} & self.columns.keys())
        for _line, cells in rows:
            width = len(cells)
            if cells == self.header or not any(column < width and cells[column] for column in starts):
                continue
            for column in dates:
                if column < width and (text := cells[column]) and text not in seen:
                    self._remember(text)
                    self._read_date(text.strip())
            for column in numbers:
                if column < width and (text := cells[column]) and text not in seen:
                    self._remember(text)
                    self._read_number(text, may_be_thousands=column in open_money)
            if has_users and len(self.users) < _MAX_USERS:
                self._read_user(cells)
            if 0 <= task < width and cells[task]:
                self.tasks += 1
            self._read_times(cells)

    def _read_user(self, cells: Sequence[str]) -> None:
        user = whose(cells, self.columns)
        if not user or (user not in self.users and is_total(user)):
            return
        user = self.users_by_case.setdefault(user.casefold(), user)
        if user not in self.users:
            for name in _names_of_user(cells, self.columns):
                self.users_by_name.setdefault(name.casefold(), set()).add(user)
        self.users[user] = self.users.get(user, 0) + 1

    def _remember(self, text: str) -> None:
        if len(self.seen) < _MAX_DISTINCT and len(text) <= MAX_STAMP:
            self.seen.add(text)

    def _read_date(self, text: str) -> None:
        numbers = date_numbers(text)
        if numbers is None or numbers.first == numbers.second:  # 5/5 is the same in both orders
            return
        if re.search(r"[AaPp]\.?\s?[Mm]", numbers.rest):
            self.halves += 1
        order = order_of(numbers)
        if order is not None:
            self.orders[order] += 1
            return
        if numbers.mark == ".":
            self.dotted += 1
        if len(self.open_dates) < _MAX_DISTINCT:
            self.open_dates.add(numbers._replace(rest=""))
        if len(self.date_examples) < _MAX_EXAMPLES:
            self.date_examples.append(text)

    def _read_number(self, text: str, *, may_be_thousands: bool) -> None:
        number = number_in(text)
        shown = comma_evidence(number)
        if shown is not None:
            self.commas[shown] += 1
        elif may_be_thousands and is_open(number) and len(self.number_examples) < _MAX_EXAMPLES:
            self.number_examples.append(text.strip())

    def _read_times(self, cells: Sequence[str]) -> None:
        """Compares the times of day and the duration of a row."""
        self.pairs += 1
        if self.pairs > _PAIRS and (self.orders or not self.open_dates):
            return
        duration = _cell(cells, self.columns, "duration")
        is_bare = _BARE.fullmatch(duration) is not None
        if is_bare:
            self.bare_numbers += 1
            self.bare_fractions += not duration.lstrip("-").isdigit()
            self.longest = max(self.longest, parse_duration(duration, "seconds") or 0)
        start, end = _cell(cells, self.columns, "start"), _cell(cells, self.columns, "end")
        start = start or _cell(cells, self.columns, "start_date")
        if not start:
            return
        if "m" in start[-3:].lower():
            self.halves += 1
        days = [_cell(cells, self.columns, each) for each in ("start_date", "end_date")]
        first, last = (self._read_clock(each) for each in (start, end))
        if first.clock is None:
            first = parse_stamp(start, "mdy")
        if first.offset is None and first.clock is not None:
            self.local_times += 1
        if is_bare and first.clock is not None and last.clock is not None:
            self._read_unit(duration, (last.clock - first.clock) % 86_400)
        opened = [days[0], days[1]] if all(days) else [start, end]
        if opened[0] and opened[1] and opened[0][:10] != opened[1][:10]:
            self._read_pair(opened, (first.clock, last.clock), parse_duration(duration, None))

    def _read_clock(self, text: str) -> Stamp:
        bare = parse_bare_clock(text)
        if bare.clock is None:
            return parse_time(text)
        self.bare_clocks += 1
        return bare

    def _read_unit(self, duration: str, seconds: int) -> None:
        for unit in SECONDS_IN:
            length = parse_duration(duration, unit)
            if length and abs(length - seconds) <= max(61, SECONDS_IN[unit] // 180):
                self.units[unit] += 1

    def _read_pair(self, days: list[str], clocks: tuple[int | None, int | None], length: int | None) -> None:
        """Counts the orders of dates for which the end is after the start, at the distance of the duration."""
        numbers = [date_numbers(each) for each in days]
        if any(each is None or order_of(each) is not None for each in numbers):
            return
        fitting: list[DateOrder] = []
        for order in _OPEN_ORDERS:
            first, last = (parse_stamp(each, order) for each in days)
            if first.day is None or last.day is None:
                continue
            seconds = (last.day - first.day).days * 86_400 + (clocks[1] or 0) - (clocks[0] or 0)
            if (length is None and 0 <= seconds <= _MONTH.total_seconds()) or (
                length is not None and abs(seconds - length) <= _CLOCK_ERROR
            ):
                fitting.append(order)
        if len(fitting) == 1:
            self.orders[fitting[0]] += 1

    def date_order(
        self, file_name: str, answer: str, now: datetime, dashed: DateOrder | None = None
    ) -> tuple[str, Question | None]:
        """Returns the order of dates: proved by rows, else by the file's name, else from the answer.

        `dashed` is the only order of dates with dashes that the tool writes.
        """
        proofs = {order: self.orders[order] for order in _OPEN_ORDERS if self.orders[order]}
        if proofs and (len(proofs) == 1 or len(set(proofs.values())) == 2):  # noqa: PLR2004
            return max(proofs, key=lambda order: proofs[order]), None
        if not self.open_dates:
            return "", None
        if self.dotted and self.dotted >= len(self.open_dates):
            return "dmy", None
        by_mark = dashed if all(each.mark == "-" for each in self.open_dates) else None
        if fitting := _order_by_name(file_name, self.open_dates) or by_mark:
            return fitting, None
        if answer:
            return answer, None
        question = Question("date_order", _OPEN_ORDERS, self._likely_order(now), is_needed=True)
        return question.default, replace(question, examples=tuple(self.date_examples))

    def _likely_order(self, now: datetime) -> str:
        tomorrow = now.date() + _DAY
        past = [order for order in _OPEN_ORDERS if all(day <= tomorrow for day in _days(self.open_dates, order))]
        if len(past) == 1:
            return past[0]
        return "mdy" if self.halves else "dmy"

    def decimal_comma(self, answer: bool | None, delimiter: str) -> tuple[bool, Question | None]:
        """Returns whether decimals have a comma: as in most numbers, else from the answer, else from the delimiter."""
        if self.commas[True] != self.commas[False]:
            return self.commas[True] > self.commas[False], None
        if answer is not None:
            return answer, None
        if not self.number_examples:
            return delimiter == ";", None
        question = Question(
            "decimal_comma", ("comma", "point"), "comma" if delimiter == ";" else "point", is_needed=True
        )
        return delimiter == ";", replace(question, examples=tuple(self.number_examples))

    @property
    def has_bare_clocks(self) -> bool:
        """Whether times of day are written as `9` or `0930`."""
        return self.bare_clocks >= _BARE_CLOCKS

    def unit(self, default: Unit | None) -> Unit:
        """Returns the unit of durations that are bare numbers: the one that matches the times of day in most rows.

        Without such rows it is `default`, or the longest unit with which the longest duration is at most a day's work.
        """
        if self.units:
            unit, count = self.units.most_common(1)[0]
            if count > self.bare_numbers // 2 or default is None:
                return unit
        if default is not None or self.bare_fractions or self.longest <= _HOURS_OF_DAY:
            return default or "hours"
        return "minutes" if self.longest <= _MINUTES_OF_WORK else "seconds"


def ask_whose(users: Mapping[str, int], answer: str) -> Question | None:
    """Returns the question whose rows to import. `users` has the number of rows of each user in the file.

    None if all rows are of one user, or if the answer is one of them, in any case, or everybody.
    """
    is_open = len(users) > 1 if not answer else answer != EVERYBODY and 0 < len(users) < _MAX_USERS
    if not is_open or any(takes_rows_of(answer, user) for user in users if answer):
        return None
    by_count = sorted(users, key=lambda user: -users[user])
    return Question("whose", tuple(by_count), by_count[0], is_needed=True)


def user_called(answer: str, users_by_name: Mapping[str, Collection[str]]) -> str:
    """Returns the user for an answer to `whose`, which is an e-mail address or a unique name.

    The names are case-folded.
    """
    users = users_by_name.get(answer.casefold(), ())
    return answer if len(users) != 1 else next(iter(users))


def takes_rows_of(answer: str, user: str) -> bool:
    """Returns whether to import the rows of a user; `user` is "" if a row has none."""
    return answer in {"", EVERYBODY} or not user or user.casefold() == answer.casefold()


def whose(cells: Sequence[str], columns: Mapping[str, int]) -> str:
    """Returns the user of a row: the e-mail address, else the name."""
    return _cell(cells, columns, "email") or next(iter(_names_of_user(cells, columns)), "")


def _names_of_user(cells: Sequence[str], columns: Mapping[str, int]) -> list[str]:
    parts = (_cell(cells, columns, each) for each in ("first_name", "last_name"))
    return [name for name in (_cell(cells, columns, "user"), " ".join(filter(None, parts))) if name]


def _cell(cells: Sequence[str], columns: Mapping[str, int], name: str) -> str:
    column = columns.get(name, -1)
    return cells[column].strip() if 0 <= column < len(cells) else ""


def _order_by_name(file_name: str, dates: Collection[Triple]) -> DateOrder | None:
    """Returns the only order in which dates in the file's name are valid and enclose those of the rows, else None."""
    stated = [" ".join(found) for each in (_IN_NAME, _COMPACT_IN_NAME) for found in each.findall(file_name)]
    if not stated:
        return None
    fitting: list[DateOrder] = []
    for order in _OPEN_ORDERS:
        bounds = [stamp.day for stamp in (parse_stamp(each, order) for each in stated)]
        if None in bounds:
            continue
        known = [day for day in bounds if day is not None]
        if len(known) < 2 or all(min(known) - _DAY <= day <= max(known) + _DAY for day in _days(dates, order)):  # noqa: PLR2004
            fitting.append(order)
    return fitting[0] if len(fitting) == 1 else None


def _days(dates: Collection[Triple], order: DateOrder) -> Iterator[date]:
    for numbers in dates:
        day = parse_stamp(f"{numbers.first}/{numbers.second}/{numbers.third}", order).day
        if day is not None:
            yield day
