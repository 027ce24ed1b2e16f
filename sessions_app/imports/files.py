"""Opens the files of an import and reads them with the user's answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from os import SEEK_END
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from sessions_app.imports.detection import ACCOUNT_EXPORT, read
from sessions_app.imports.evidence import takes_rows_of
from sessions_app.imports.readers.mapped import MAPPED
from sessions_app.imports.rows import Answers, ImportedCatalogue, Question, ReadFile, UnreadableFileError
from sessions_app.timekeeping.messages import Message, gettext_noop
from timetracker.errors import FieldError, InvalidInputError
from users_app.models import User
from users_app.zones import zone_names

Content = bytes | Path | IO[bytes]
LARGE_SIZE = 1_000_000
"""The size in bytes from which files are read in the background: some 8,000 rows, which take a second or two."""
_OTHER_COLUMNS = gettext_noop("Its columns are others than those of the table before. Import this file by itself.")
_PACKING = 10
_DIGEST_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file with its name and content; `error` says why it cannot be read."""

    name: str
    found: ReadFile | None
    error: UnreadableFileError | None = None

    @property
    def has_columns(self) -> bool:
        """Whether the file is a table of an unknown tool, whose columns the user may choose."""
        return self.found is not None and self.found.tool == MAPPED

    def timezone(self, answers: Answers, user: User) -> str:
        """Returns the zone of times without one: from the answers, else from the file, else the user's."""
        told = "" if self.found is None else self.found.timezone
        return next((each for each in (answers.timezone, told) if each in zone_names()), user.timezone)


def open_files(files: Sequence[tuple[str, Content]], answers: Answers, now: datetime) -> list[OpenFile]:
    """Opens files, in order. A file that cannot be read has an error.

    Answered columns apply to the first table of an unknown tool, and to others with the same titles. A zone that a
    file of the catalogue names is that of the other files of its tool.
    """
    opened: list[OpenFile] = []
    header: tuple[str, ...] | None = None
    for name, content in files:
        file = _open(name, content, answers, now)
        if file.has_columns:
            assert file.found is not None  # noqa: S101  # it has columns
            header = header or file.found.header
            if file.found.header != header:
                file = _open_by_itself(name, content, answers, now)
        opened.append(file)
    return _with_zones_of_catalogues(opened)


def _with_zones_of_catalogues(opened: list[OpenFile]) -> list[OpenFile]:
    """Returns the files with the zone that a catalogue of the same tool names, where they have none of their own."""
    zones = {
        file.found.tool: file.found.timezone
        for file in opened
        if file.found is not None and file.found.timezone and file.found.catalogue != ImportedCatalogue()
    }
    return [
        replace(file, found=replace(file.found, timezone=zones[file.found.tool]))
        if file.found is not None and not file.found.timezone and file.found.tool in zones
        else file
        for file in opened
    ]


def _open_by_itself(name: str, content: Content, answers: Answers, now: datetime) -> OpenFile:
    """Returns a table by its own columns, which must be clear: they are asked for one table at a time."""
    file = _open(name, content, replace(answers, columns={}), now)
    asked = None if file.found is None else file.found.question("columns")
    if asked is None or not asked.is_needed:
        return file
    return OpenFile(name, None, UnreadableFileError("unknown_format", Message(_OTHER_COLUMNS)))


def _open(name: str, content: Content, answers: Answers, now: datetime) -> OpenFile:
    try:
        return OpenFile(name, read(name, content, answers, now))
    except UnreadableFileError as error:
        return OpenFile(name, None, error)


def questions_of(files: Sequence[OpenFile]) -> list[Question]:
    """Returns what the files leave open, each question once, with the options of all files."""
    questions: dict[str, Question] = {}
    for file in files:
        for each in () if file.found is None else file.found.questions:
            if each.key == "whose" and any(map(_has_whom_it_takes, files)):
                continue  # this one has others only, whose rows are left out
            first = questions.setdefault(each.key, each)
            options = tuple(dict.fromkeys((*first.options, *each.options)))
            is_needed = first.is_needed or each.is_needed
            questions[each.key] = replace(first, options=options, is_needed=is_needed)
    return list(questions.values())


def _has_whom_it_takes(file: OpenFile) -> bool:
    """Tells whether a file has rows of the one user who was chosen."""
    if file.found is None or not file.found.answers.whose:
        return False
    return any(takes_rows_of(file.found.answers.whose, user) for user in file.found.users)


def is_account_export(files: Sequence[OpenFile], *, field: str) -> bool:
    """Tells whether the files are everything of an account, which is brought in by itself.

    Raises InvalidInputError at `field` when it is one of several files.
    """
    is_there = any(file.found is not None and file.found.tool == ACCOUNT_EXPORT for file in files)
    if is_there and len(files) > 1:
        message = _("One of these is an export of Timetracker. Choose it by itself.")
        raise InvalidInputError(FieldError(field, "unreadable_file", message))
    return is_there


def digest_of(files: Sequence[tuple[str, Content]], answers: Answers) -> str:
    """Returns what two imports have in common that are of the same files with the same answers."""
    digest = sha256(repr(sorted(answers_to_json(answers).items())).encode())
    for _name, content in files:
        for piece in _pieces(content):
            digest.update(piece)
        digest.update(b"\0")
    return digest.hexdigest()


def _pieces(content: Content) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    if isinstance(content, Path):
        with content.open("rb") as file:
            yield from _pieces(file)
        return
    content.seek(0)
    while piece := content.read(_DIGEST_PIECE):
        yield piece


def is_large(files: Sequence[tuple[str, IO[bytes]]]) -> bool:
    """Tells whether files may take seconds to read: by their size, that of packed ones tenfold."""
    return sum(map(_weight, (file for _name, file in files))) > LARGE_SIZE


def _weight(file: IO[bytes]) -> int:
    file.seek(0)
    is_packed = file.read(2) == b"PK"
    size = file.seek(0, SEEK_END)
    file.seek(0)
    return size * (_PACKING if is_packed else 1)


def answers_to_json(answers: Answers) -> dict[str, Any]:
    """Returns what a user answered as JSON."""
    return {
        "timezone": answers.timezone,
        "date_order": answers.date_order,
        "decimal_comma": answers.decimal_comma,
        "whose": answers.whose,
        "tasks_as": answers.tasks_as,
        "columns": dict(answers.columns),
    }


def answers_from_json(told: Mapping[str, Any]) -> Answers:
    """Returns the answers that `answers_to_json` made JSON of."""
    return Answers(**told)
