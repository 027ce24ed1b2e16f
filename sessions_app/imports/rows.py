"""The neutral rows that every reader yields, its questions, and the answers to them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from sessions_app.timekeeping.messages import Message

CalendarDate = date  # a name that the field `date` does not hide

MAX_NAME = 200
"""The most characters of a session's name."""

DateOrder = Literal["dmy", "mdy", "ymd"]
TasksAs = Literal["tag", "name"]
QuestionKey = Literal["timezone", "date_order", "decimal_comma", "whose", "tasks_as", "columns"]
TIMETRACKER = "timetracker"
"""The tool name of this app's downloads, whose ids are those of sessions."""
EVERYBODY = "*"
"""The answer to `whose` that imports the rows of all users in the file."""

RejectionCode = Literal[
    "bad_date",
    "bad_time",
    "missing_start",
    "end_before_start",
    "nonexistent_local_time",
    "malformed_row",
    "zero_length",
    "too_long",
    "recurring",
]
UnreadableReason = Literal["empty", "not_text", "spreadsheet", "unknown_format", "malformed_file"]


class UnreadableFileError(Exception):
    """Raised for a file from which no session can be read. `message` says why, and what to do."""

    def __init__(self, reason: UnreadableReason, message: Message) -> None:
        super().__init__(str(message))
        self.reason: UnreadableReason = reason
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedSession:
    """A session as a file tells of it, before its zone, project and tags are resolved.

    `line` is where it begins in the file, from 1, or its number where the file has one line. Several sessions of one
    row follow each other and have the same.

    `start` and `end` are both aware (UTC), or both naive: what a wall clock showed in the zone that is given for the
    file, or in `timezone` where the row names one. Either is None where the file has none: `end` while it runs, both
    for hours without clock times, which have a `date`. `instants_of` makes instants of them.

    `duration_seconds` is the length that the file states, whole seconds. With `is_duration_billed` the session lasts
    that long, whatever the clocks say (breaks, rounding); otherwise it only decides between two readings of the clocks.
    `duration_error` is by how many seconds it may be off because it is written in minutes or in decimals of an hour.

    `record` is what the file says of the times and the contents, in one text that depends neither on answers nor on
    the dialect of the file: the identity of a row without `external_id`, with its ordinal among equals.

    `brief` is what every dialect of the tool says of the row, whatever columns its user chose: the times to the minute,
    or the day and the length with the texts that are never left out; "" where the tool has one dialect only. With
    `is_brief` it is all there is: the file lacks other columns, or its clocks have no seconds.

    `twin` is what those dialects of the tool that have ids, or instants, and those that have none both say of the
    contents, maybe "": by it and the minute of its start a row of one kind is known as one of the other. None where all
    are of one kind.

    `texts` are those of a row with clock times in a table whose columns may change: it is recognised by its times and
    these after they did. None are "" or equal.

    `task` is in `name` or in `tags` already, as the answers say.
    """

    line: int
    record: str
    start: datetime | None = None
    end: datetime | None = None
    date: CalendarDate | None = None
    duration_seconds: int | None = None
    is_duration_billed: bool = False
    duration_error: int = 0
    name: str = ""
    note: str = ""
    client: str = ""
    project: str = ""
    task: str = ""
    tags: tuple[str, ...] = ()
    billable: bool | None = None
    rate: Decimal | None = None
    currency: str = ""
    external_id: str = ""
    whose: str = ""
    is_running: bool = False
    is_invoiced: bool = False
    timezone: str = ""
    brief: str = ""
    is_brief: bool = False
    twin: str | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that cannot be a session, with the reason. `line` is its first line in the file, from 1."""

    line: int
    reason: Message
    code: RejectionCode
    record: str = ""


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that is not a session, and correct as it is."""

    line: int
    kind: Literal["break", "total", "repeated_header", "another_user", "not_time", "cancelled"]


Row = ImportedSession | RejectedRow | SkippedRow


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a file. Without an answer, `default` is used; with `is_needed`, an answer is required.

    `options` are the possible values in `Answers`; none if any zone or text is possible. `examples` are cells, for the
    question about columns one of each column.
    """

    key: QuestionKey
    options: tuple[str, ...] = ()
    default: str = ""
    is_needed: bool = False
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers of a user, or of an earlier reading of the same file. Empty values are undecided.

    Evidence in the rows takes precedence over answers. With `is_final`, the rows are not examined again: these are the
    `answers` of a `ReadFile`, and reading begins at once.

    `columns` maps fields to numbers of columns, from 0, for a table of an unknown tool. `layout` is for readers only.
    """

    timezone: str = ""
    date_order: DateOrder | Literal[""] = ""
    decimal_comma: bool | None = None
    whose: str = ""
    tasks_as: TasksAs | Literal[""] = ""
    columns: Mapping[str, int] = field(default_factory=dict)
    layout: Mapping[str, str] = field(default_factory=dict)
    is_final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedProject:
    """A project in a file with catalogue data. `rate` is in units of `currency` per hour."""

    name: str
    client: str = ""
    billable: bool | None = None
    rate: Decimal | None = None
    currency: str = ""
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class ImportedCatalogue:
    """The clients, projects and tags that a file has besides its sessions.

    `archived_clients` are those of `clients` that are not in use any more.
    """

    clients: tuple[str, ...] = ()
    projects: tuple[ImportedProject, ...] = ()
    tags: tuple[str, ...] = ()
    archived_clients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """A file with its tool and layout. Its rows are read lazily.

    `tool` is a key (`toggl`), `label` its name for users (`Toggl Track, detailed report`). `timezone` is the zone of
    all rows, if the file has one. `header` are the titles of a table's columns, `users` the users in the rows, unless
    the answers are final.
    """

    tool: str
    label: str
    read_rows: Callable[[int], Iterator[Row]]
    questions: tuple[Question, ...] = ()
    answers: Answers = Answers()
    timezone: str = ""
    catalogue: ImportedCatalogue = ImportedCatalogue()
    header: tuple[str, ...] = ()
    remarks: tuple[Message, ...] = ()
    users: tuple[str, ...] = ()

    def rows(self, after: int = 0) -> Iterator[Row]:
        """Yields the rows after line `after`, in order. Every call reads the file again.

        Raises UnreadableFileError if the file is truncated.
        """
        return self.read_rows(after)

    def question(self, key: QuestionKey) -> Question | None:
        """Returns the question with a key, None if the file does not have it."""
        return next((each for each in self.questions if each.key == key), None)
