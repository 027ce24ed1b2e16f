"""Rejected rows of a file, as shown to users and scripts."""

import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from typing import IO

from django.utils.translation import gettext

from sessions_app.imports.rows import RejectedRow

MAX_REJECTED = 1_000
"""The most rejected rows that are listed; all are counted."""
MAX_RECORD = 200
"""The most characters of a row that are shown."""
_IN_MEMORY = 1 << 20


@dataclass(frozen=True, slots=True)
class Rejection:
    """A rejected row: its file, its first line (from 1), its text, and the reason."""

    file: str
    line: int
    record: str
    code: str
    detail: str


def rejection_of(file: str, row: RejectedRow) -> Rejection:
    """Returns a rejected row in the language of the request."""
    record = row.record.replace("\x1f", " ").strip()
    if len(record) > MAX_RECORD:
        record = f"{record[: MAX_RECORD - 1]}…"
    return Rejection(file, row.line, record, row.code, row.reason.render(gettext))


class RejectedFile:
    """A temporary file with all rejected rows of an import, as lines of JSON. It must be closed."""

    def __init__(self) -> None:
        self.content: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # closed by `close`

    def add(self, row: Rejection) -> None:
        """Appends a row."""
        self.content.write(json.dumps(astuple(row)).encode() + b"\n")

    def close(self) -> None:
        """Closes and removes the file."""
        self.content.close()


def read_rejections(lines: Iterable[bytes]) -> Iterator[Rejection]:
    """Yields the rows of a RejectedFile."""
    for line in lines:
        yield Rejection(*json.loads(line))
