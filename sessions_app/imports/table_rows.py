"""Makes neutral rows of the records of a table whose layout is known."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from sessions_app.imports.checks import checked, rejected
from sessions_app.imports.dates import DAY, Stamp, moment, parse_dotted_clock, parse_stamp, parse_time
from sessions_app.imports.evidence import takes_rows_of, whose
from sessions_app.imports.layouts import Cells, Layout
from sessions_app.imports.lengths import DECIMAL_ERROR, LENGTHS, stated_length
from sessions_app.imports.numbers import FOREVER, Unit, currency_in, parse_bool, parse_rate
from sessions_app.imports.rows import Answers, ImportedSession, RejectedRow, RejectionCode, Row, SkippedRow
from sessions_app.imports.tables import Table
from sessions_app.imports.texts import distinct, name_and_note, one_line, split_tags, with_task
from sessions_app.imports.titles import bracketed, fold_title, is_label_of_total, is_total
from sessions_app.timekeeping.messages import gettext_noop

_NEAR_CLOCK_CHANGE = timedelta(minutes=61)
_TO_THE_MINUTE = len("2024-05-05T22:00")
_MAX_SHOWN = 2_000
"""How many characters of a rejected row are shown."""

_FORMULA_OF_TOTAL = re.compile(r"=\s*(?:SUBTOTAL|SUM|TEILERGEBNIS|SUMME|SOUS\.TOTAL|SOMME)\(", re.IGNORECASE)
_LABELS_OF_TOTAL = 2
"""How many filled cells may come before the end of the label of a total."""
_BAD_DATE = gettext_noop("“%(cell)s” is no date.")
_BAD_START = gettext_noop("“%(cell)s” is no time of a start.")
_BAD_END = gettext_noop("“%(cell)s” is no time of an end.")
_UNREADABLE = gettext_noop("This row cannot be read.")
_NO_DATE = gettext_noop("This row has no date.")
_BAD_DURATION = gettext_noop("“%(cell)s” is no duration.")
_NO_END = gettext_noop("This row has no end.")
_NO_DURATION = gettext_noop("This row has neither an end nor a duration.")


class _Rejection(Exception):  # noqa: N818  # no error: the row is named, and the next one read
    def __init__(self, code: RejectionCode, text: str, cell: str = "") -> None:
        super().__init__(text)
        self.code, self.text, self.cell = code, text, cell


@dataclass(frozen=True, slots=True)
class _Times:
    start: datetime | None = None
    end: datetime | None = None
    day: date | None = None
    is_running: bool = False
    has_end_date: bool = True


@dataclass(slots=True)
class TableReader:
    """Reads the rows of a table; `order`, `comma`, `unit` and `has_bare_clocks` were decided from all of them."""

    table: Table
    layout: Layout
    columns: Mapping[str, int]
    answers: Answers
    order: str
    comma: bool
    unit: Unit
    has_bare_clocks: bool = False
    currency: str = field(init=False)
    """The one that the titles of rates and amounts name."""
    lacks_contents: bool = field(init=False)

    def __post_init__(self) -> None:
        titles = (self.table.header[self.columns[name]] for name in ("rate", "amount") if name in self.columns)
        self.lacks_contents = not self.columns.keys() >= {*self.layout.contents}
        self.currency = next(filter(None, (currency_in(bracketed(title)) for title in titles)), "")

    def rows(self, after: int) -> Iterator[Row]:
        """Yields the rows behind line `after`."""
        header = [fold_title(title) for title in self.table.header]
        for line, cells in self.table.records(after):
            row = self._row(line, cells, header)
            if row is None:
                continue
            if not isinstance(row, SkippedRow) and not takes_rows_of(self.answers.whose, self._whose(row, cells)):
                yield SkippedRow(line, "another_user")
            else:
                yield row

    def _whose(self, row: ImportedSession | RejectedRow, cells: list[str]) -> str:
        return row.whose if isinstance(row, ImportedSession) else whose(cells, self.columns)

    def _cells(self, cells: list[str]) -> Cells:
        width = len(cells)
        texts = {name: cells[column].strip() for name, column in self.columns.items() if column < width}
        return defaultdict(str, texts).__getitem__

    def _row(self, line: int, cells: list[str], header: list[str]) -> Row | None:
        cell = self._cells(cells)
        has_clock = bool(cell("start") or cell("date") or cell("start_date") or cell("unix_start"))
        if not has_clock or cell("start") == self.table.header[self.columns.get("start", 0)].strip():
            if not any(each.strip() for each in cells):
                return None
            if skipped := self._skipped(line, cell, cells, header, has_clock=has_clock):
                return skipped
        if kind := self.layout.skips(cell):
            return SkippedRow(line, kind)
        row = self._session_or_rejected(line, cell, cells, header)
        if isinstance(row, ImportedSession) and row.is_running and not self._may_run(row, cells):
            no_end = rejected(line, "bad_time", _NO_END)
            row = replace(row, is_running=False) if row.duration_seconds == 0 else no_end
        if isinstance(row, ImportedSession) and self.layout.adjust is not None:
            row = self.layout.adjust(row, cell)
        if isinstance(row, ImportedSession):
            row = checked(row)
        return replace(row, record=self._shown(cells)) if isinstance(row, RejectedRow) else row

    def _session_or_rejected(self, line: int, cell: Cells, cells: list[str], header: list[str]) -> Row:
        try:
            return self._session(line, cell, cells)
        except _Rejection as rejection:
            if self._is_header(cells, header):
                return SkippedRow(line, "repeated_header")
            first = next((text for each in cells if (text := each.strip())), "")
            if is_label_of_total(rejection.cell) or (is_total(first) and not cell("start")):
                return SkippedRow(line, "total")
            return rejected(line, rejection.code, rejection.text, rejection.cell)
        except (ArithmeticError, ValueError):  # a number or a date that no check thought of
            return rejected(line, "malformed_row", _UNREADABLE)

    def _may_run(self, row: ImportedSession, cells: list[str]) -> bool:
        """Tells whether a row without an end is one of a session that runs: it has the cell, and the tool such rows.

        The API of Toggl has minus the Unix seconds of its start as its duration, which no length of time comes near.
        """
        if row.duration_seconds == -FOREVER:
            return True
        end = self.columns.get("end", self.columns.get("unix_end", len(cells)))
        return self.layout.has_running and end < len(cells)

    def _skipped(
        self, line: int, cell: Cells, cells: list[str], header: list[str], *, has_clock: bool
    ) -> SkippedRow | None:
        """Returns the row as a repeated header or a total, None if it is neither."""
        if self._is_header(cells, header):
            return SkippedRow(line, "repeated_header")
        if has_clock:
            return None
        texts = [each.strip() for each in cells if each.strip()]
        has_words = any(cell(name) for name in ("description", "note", "project", "client", "task"))
        is_labelled = any(map(is_label_of_total, texts[:_LABELS_OF_TOTAL]))
        is_formula = any(map(_FORMULA_OF_TOTAL.match, texts))
        if is_labelled or is_formula or (not has_words and any(letter.isdigit() for letter in texts[0])):
            return SkippedRow(line, "total")
        return None

    def _is_header(self, cells: list[str], header: list[str]) -> bool:
        return [fold_title(each) for each in cells[: len(header)] if len(each) < 60] == header[: len(cells)]  # noqa: PLR2004

    def _shown(self, cells: list[str]) -> str:
        return (self.table.delimiter or ",").join(cells)[:_MAX_SHOWN]

    def _session(self, line: int, cell: Cells, cells: list[str]) -> ImportedSession:
        seconds, error = stated_length(cell, self.unit)
        times = self._times(cell, seconds)
        text = self.layout.clean
        description, task = text(cell("description")), one_line(text(cell("task")))
        project, client = one_line(text(cell("project"))), one_line(text(cell("client")))
        tags = split_tags(text(cell("tags")), self.layout.tag_mark)
        name, note = name_and_note(description, text(cell("note")))
        contents = (client, project, task, ",".join(sorted(tags)), description, note)
        if self.layout.more_marks:  # not in the record, whose tags were cut at commas alone once
            tags = distinct(part for tag in tags for part in re.split(f"[{self.layout.more_marks}]", tag))
        when = self._record_of_times(times, seconds)
        name, note, all_tags = with_task(name, note, tags, task, self.answers.tasks_as)
        is_billed = self.layout.is_duration_billed and not self._fits_clocks(times, seconds, error)
        rate, currency = self._money(cell)
        brief = self._brief(times, seconds, (project, task, description)) if self.layout.contents else ""
        return ImportedSession(
            line=line,
            record="\x1f".join((when, *contents)),
            start=times.start,
            end=times.end,
            date=times.day,
            duration_seconds=seconds,
            is_duration_billed=is_billed or times.start is None,
            duration_error=error,
            name=name,
            note=note,
            client=client,
            project=project,
            task=task,
            tags=all_tags,
            billable=True if rate and "billable" not in self.columns else parse_bool(cell("billable")),
            rate=rate,
            currency=currency,
            external_id=cell("id"),
            whose=whose(cells, self.columns),
            is_running=times.is_running,
            is_invoiced=parse_bool(cell("invoiced")) is True,
            timezone=cell("timezone"),
            brief=brief,
            is_brief=self.lacks_contents or (self.layout.has_seconds and cell("start").count(":") == 1),
            twin=self.layout.twin and self.layout.twin(description, project),
            texts=self._texts(cell, times, contents) if self.layout.has_any_columns else (),
        )

    @staticmethod
    def _texts(cell: Cells, times: _Times, contents: tuple[str, ...]) -> tuple[str, ...]:
        """Returns what tells the row apart from others at its times. Another zone may have other rows at its clocks."""
        if times.start is None or cell("timezone"):
            return ()
        return tuple({*contents} - {""})

    def _brief(self, times: _Times, seconds: int | None, texts: tuple[str, ...]) -> str:
        if times.start is None:
            return "\x1f".join((self._record_of_times(times, seconds), *texts))
        return f"{to_the_minute(times.start)}/{'' if times.end is None else to_the_minute(times.end)}"

    @staticmethod
    def _record_of_times(times: _Times, seconds: int | None) -> str:
        if times.start is None:
            return f"{times.day}+{seconds}"
        return f"{times.start.isoformat()}/{'' if times.end is None else times.end.isoformat()}"

    def _times(self, cell: Cells, seconds: int | None) -> _Times:
        start_text, end_text = cell("unix_start") or cell("start"), _end_text(cell)
        day_text = cell("start_date") or cell("date")
        day = self._day(day_text)
        first = self._stamp(start_text, cell)
        if start_text and first.day is None and first.clock is None:
            raise _Rejection("bad_time", _BAD_START, start_text)
        start_day = first.day or day.day
        if start_day is None:
            raise _Rejection("missing_start", _NO_DATE)
        clock = first.clock
        if clock is None and not start_text and (cell("start_date") or day.clock):
            clock = day.clock  # a date at midnight, where only dates are told, is a date
        if clock is None:
            return self._hours(start_day, end_text, cell, seconds)
        offset = first.offset if first.offset is not None else day.offset
        if offset is None and end_text:
            offset = parse_stamp(end_text, self.order).offset
        start = moment(start_day, clock, offset)
        if start is None:
            raise _Rejection("bad_date", _BAD_DATE, day_text or start_text)
        return self._with_end(start, start_day, offset, cell, seconds)

    def _stamp(self, text: str, cell: Cells) -> Stamp:
        """Returns what the cell of a start or an end says; where the day is in another, `9.30.00` is no date."""
        if not text:
            return Stamp(None, None)
        if (cell("start_date") or cell("date")) and (dotted := parse_dotted_clock(text)).clock is not None:
            return dotted
        return parse_time(text, self.order, is_bare=self.has_bare_clocks)

    def _day(self, text: str) -> Stamp:
        if not text:
            return Stamp(None, None)
        day = parse_stamp(text, self.order)
        if day.day is None:
            raise _Rejection("bad_date", _BAD_DATE, text)
        return day

    def _hours(self, day: date, end_text: str, cell: Cells, seconds: int | None) -> _Times:
        """Returns a day without clocks, which needs a duration."""
        if seconds is None:
            text = next((text for name in LENGTHS if (text := cell(name))), "")
            if text:
                raise _Rejection("bad_time", _BAD_DURATION, text)
            raise _Rejection("bad_time" if end_text else "malformed_row", _NO_DURATION)
        return _Times(day=day)

    def _with_end(
        self, start: datetime, start_day: date, offset: int | None, cell: Cells, seconds: int | None
    ) -> _Times:
        end_text, end_day_text = _end_text(cell), cell("end_date")
        end_day = self._day(end_day_text)
        last = self._stamp(end_text, cell)
        if end_text and last.day is None and last.clock is None:
            raise _Rejection("bad_time", _BAD_END, end_text)
        clock = last.clock if last.clock is not None or end_text else end_day.clock
        if clock is None:
            if seconds and seconds > 0:  # one below zero is the start of what runs
                return _Times(start)
            if end_text or (end_day_text and "end" in self.columns):
                raise _Rejection("bad_time", _BAD_END, end_text)
            return _Times(start, is_running=True)
        stated_day = last.day or end_day.day
        end = moment(stated_day or start_day, clock, offset if last.offset is None else last.offset)
        if end is None:
            raise _Rejection("bad_date", _BAD_DATE, end_day_text or end_text)
        if stated_day is None:
            end = _next_day_if_needed(start, end, seconds)
        return _Times(start, end, has_end_date=stated_day is not None)

    @staticmethod
    def _fits_clocks(times: _Times, seconds: int | None, error: int) -> bool:
        """Tells whether the clocks say the same as a duration that was rounded to decimals of an hour."""
        if times.start is None or times.end is None or seconds is None:
            return False
        return error == DECIMAL_ERROR and abs((times.end - times.start).total_seconds() - seconds) <= error

    def _money(self, cell: Cells) -> tuple[Decimal | None, str]:
        text = cell("rate")
        rate = parse_rate(text, comma=self.comma) if text else None
        return rate, currency_in(cell("currency")) or self.currency or currency_in(text)


def _end_text(cell: Cells) -> str:
    """Returns what a row has of its end; 0 in Unix seconds is none."""
    unix_end = cell("unix_end")
    return cell("end") if unix_end in {"", "0"} else unix_end


def _next_day_if_needed(start: datetime, end: datetime, seconds: int | None) -> datetime:
    """Returns an end without a date on the day of the start, or on the next where it would be before the start.

    A duration says that a clock was set back instead, or how many days it was.
    """
    if seconds and seconds > 0:
        length = timedelta(seconds=seconds)
        if end < start and abs(end - start - length + timedelta(hours=1)) <= timedelta(minutes=2):
            return end
        if end - start + DAY <= length + _NEAR_CLOCK_CHANGE and length < 32 * DAY:
            days = max(0, round((length - (end - start)) / DAY))
            return _later(end, days)
    return _later(end, 1) if end < start else end


def _later(end: datetime, days: int) -> datetime:
    try:
        return end + days * DAY
    except OverflowError:
        return end


def to_the_minute(at: datetime) -> str:
    """Returns the minute of a time, ISO 8601."""
    return at.isoformat()[:_TO_THE_MINUTE]
