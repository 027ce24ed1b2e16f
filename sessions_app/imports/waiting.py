"""Files that wait in the database, in pieces, until their import is done: at most for a day."""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import IO, Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from sessions_app.account_export import ACCOUNT_IMPORT, step_to_go_on
from sessions_app.imports.commit import IMPORT, ImportStep
from sessions_app.imports.detection import ACCOUNT_EXPORT
from sessions_app.imports.files import OpenFile, answers_from_json, open_files
from sessions_app.imports.rejections import RejectedFile, Rejection, read_rejections
from sessions_app.models import PIECE_SIZE, Changeset, Import, ImportPiece, Kind
from sessions_app.services.parts import State, Step, kind_of_work, unfinished_work
from timetracker import clock
from timetracker.db.ids import uuid7
from timetracker.errors import ConflictError, NotFoundError
from timetracker.storage.disk import check_room
from users_app.models import User

WAITS = timedelta(hours=24)
REMEMBERED = timedelta(days=30)
MAX_LISTED = 50
_PIECES_TOGETHER = 8
"""How many pieces a transaction writes, so that others write between."""


def keep_files(
    user: User, files: Sequence[tuple[str, IO[bytes]]], now: datetime, *, import_id: UUID | None = None
) -> Import:
    """Stores files for a day and returns their import; only when all are there and it has a plan can it be found.

    Raises NoRoomError.
    """
    check_room()
    prune_imports(user, now=now)
    waiting = Import(id=import_id or uuid7(), user=user, created_at=now)
    with transaction.atomic():
        waiting.save(force_insert=True)
    sizes = [_keep_pieces(waiting, number, file) for number, (_name, file) in enumerate(files)]
    waiting.files = [{"name": name, "size": size} for (name, _file), size in zip(files, sizes, strict=True)]
    waiting.save(update_fields=["files"])
    return waiting


def _keep_pieces(waiting: Import, file_number: int, file: IO[bytes]) -> int:
    """Stores a file of an import in pieces, and returns its size in bytes."""
    file.seek(0)
    pieces = enumerate(iter(lambda: file.read(PIECE_SIZE), b""))
    size = 0
    for _group, some in groupby(pieces, key=lambda each: each[0] // _PIECES_TOGETHER):
        with transaction.atomic():
            for number, data in some:
                ImportPiece.objects.create(
                    user_id=waiting.user_id, of_import=waiting, file_number=file_number, number=number, data=data
                )
                size += len(data)
    return size


def keep_rejected(waiting: Import, rejected: RejectedFile) -> int:
    """Stores all rejected rows beside the files, in place of those that were there; returns their size in bytes."""
    number = len(waiting.files)
    with transaction.atomic():
        ImportPiece.objects.filter(user=waiting.user_id, of_import=waiting.id, file_number=number).delete()
    return _keep_pieces(waiting, number, rejected.content)


def rejections_of(waiting: Import) -> Iterator[Rejection]:
    """Returns all rejected rows. Raises ConflictError `files_gone` when they are not there any more."""
    if waiting.plan["rejected_count"]:
        _check_files_there(waiting)
    size = waiting.plan.get("rejected_size", 0)
    return read_rejections(io.BufferedReader(_PiecesFile(waiting, len(waiting.files), size), PIECE_SIZE))


def keep_export(user: User, file: IO[bytes], digest: str, now: datetime) -> None:
    """Stores an account export whose import is not finished, so that it goes on without being chosen again.

    It is found by its digest alone, and listed nowhere. Raises NoRoomError.
    """
    import_id = _export_id(user, digest)
    if not Import.objects.filter(user=user, id=import_id).exclude(files=[]).exists():
        Import.objects.filter(user=user, id=import_id).delete()  # of a process that ended while it stored it
        keep_files(user, [("timetracker-export.zip", file)], now, import_id=import_id)


def _export_id(user: User, digest: str) -> UUID:
    return uuid5(user.id, digest)


def find_import(user: User, import_id: UUID) -> Import:
    """Returns an import of the user. Raises NotFoundError."""
    found = _shown(user).filter(id=import_id).first()
    if found is None:
        raise NotFoundError
    return found


def _check_files_there(waiting: Import) -> None:
    """Raises ConflictError `files_gone` when the files of an import are not kept any more."""
    if not ImportPiece.objects.filter(user=waiting.user_id, of_import=waiting.id).exists():
        message = _("These files are gone: they are kept for a day. Choose them again; what came in is not doubled.")
        raise ConflictError("files_gone", message)


def contents_of(waiting: Import) -> list[tuple[str, IO[bytes]]]:
    """Returns its files by their names. Raises ConflictError `files_gone` when they are not there any more."""
    _check_files_there(waiting)
    return [
        (each["name"], io.BufferedReader(_PiecesFile(waiting, number, each["size"]), PIECE_SIZE))
        for number, each in enumerate(waiting.files)
    ]


def open_waiting(waiting: Import, now: datetime) -> tuple[list[tuple[str, IO[bytes]]], list[OpenFile]]:
    """Returns the files of an import, and what they are with the answers so far. Raises ConflictError `files_gone`."""
    contents = contents_of(waiting)
    return contents, open_files(contents, answers_from_json(waiting.answers), now)


def prune_imports(user: User | None = None, *, now: datetime) -> int:
    """Removes the files that waited for a day, and what is remembered of imports that cannot be undone any more.

    Of one user, or of all. Returns how many imports lost their files. Each is a transaction of its own.
    """
    imports = Import.objects.filter(created_at__lt=now - WAITS)
    if user is not None:
        imports = imports.filter(user=user)
    count = 0
    for each in imports.order_by("created_at").values_list("id", "user_id", "changeset_id", "created_at"):
        import_id, user_id, changeset_id, created_at = each
        with transaction.atomic():
            gone, _by_model = ImportPiece.objects.filter(user=user_id, of_import=import_id).delete()
            if changeset_id is None or created_at < now - REMEMBERED:
                Import.objects.filter(user=user_id, id=import_id).delete()
        count += gone > 0
    return count


class _PiecesFile(io.RawIOBase):
    """A stored file, read piece by piece."""

    def __init__(self, waiting: Import, file_number: int, size: int) -> None:
        super().__init__()
        self._pieces = ImportPiece.objects.filter(user=waiting.user_id, of_import=waiting.id, file_number=file_number)
        self._size = size
        self._position = 0
        self._present: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: Any) -> int:
        number, offset = divmod(self._position, PIECE_SIZE)
        if self._position >= self._size:
            return 0
        if self._present[0] != number:
            data = self._pieces.filter(number=number).values_list("data", flat=True).first()
            if data is None:
                raise ConflictError("files_gone", _("These files are gone: they are kept for a day."))
            self._present = number, bytes(data)
        part = self._present[1][offset : offset + len(buffer)]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)


@kind_of_work(IMPORT)
def _make_step(user: User, state: State) -> Step:
    """Opens the waiting files again. Raises ConflictError `files_gone`."""
    if state["import"] is None:
        message = _("Send the same files again with the same answers, and the import goes on.")
        raise ConflictError("files_gone", message)
    try:
        waiting = find_import(user, UUID(state["import"]))
    except NotFoundError:
        raise ConflictError("files_gone", _("These files are gone: they are kept for a day.")) from None
    _contents, files = open_waiting(waiting, clock.now())
    step = ImportStep(user, files, answers_from_json(waiting.answers))
    step.go_to(state)
    return step


@kind_of_work(ACCOUNT_IMPORT)
def _make_account_step(user: User, state: State) -> Step:
    """Opens the account export again that waits. Raises ConflictError `choice_needed` when it is not there."""
    waiting = Import.objects.filter(user=user, id=_export_id(user, state["digest"])).exclude(files=[]).first()
    if waiting is None or not ImportPiece.objects.filter(user=user, of_import=waiting.id).exists():
        message = _("Choose the same file on the Settings page again, and the import goes on.")
        raise ConflictError("choice_needed", message)
    ((_name, content),) = contents_of(waiting)
    return step_to_go_on(content, state)


def discard_pieces(waiting: Import) -> None:
    """Removes the files of an import."""
    ImportPiece.objects.filter(user=waiting.user_id, of_import=waiting.id).delete()


def discard_files(user: User, waiting: Import) -> None:
    """Removes the files of an import, and the import unless something of it was written."""
    with transaction.atomic():
        discard_pieces(waiting)
        if waiting.changeset_id is None:
            Import.objects.filter(user=user, id=waiting.id).delete()


def recent_imports(user: User) -> list[Import]:
    """Returns the imports of the last days, the latest first, those that wait among them."""
    return list(_shown(user).order_by("-created_at")[:MAX_LISTED])


def _shown(user: User) -> QuerySet[Import]:
    """Returns the imports whose files are all there, and read or being read."""
    is_read = ~Q(plan={}) | Q(progress__isnull=False)
    return Import.objects.filter(is_read, user=user).exclude(files=[])


def begun_work(user: User, waiting: Import) -> Changeset | None:
    """Returns the changeset that an import wrote in part and did not finish."""
    of_account = (waiting.plan or {}).get("source") == ACCOUNT_EXPORT
    for each in unfinished_work(user):
        state = each.unfinished or {}
        if state.get("import") == str(waiting.id) or (of_account and state.get("kind") == ACCOUNT_IMPORT):
            return each
    return None


def import_of_work(user: User, changeset_id: UUID) -> Import | None:
    """Returns the import whose files wait and which wrote this changeset in part; of an account's export none."""
    found = next((each for each in unfinished_work(user) if each.id == changeset_id), None)
    import_id = None if found is None else (found.unfinished or {}).get("import")
    return None if import_id is None else _shown(user).filter(id=import_id).first()


def count_written(begun: Changeset) -> int:
    """Returns how many sessions an unfinished import has added by now."""
    state = begun.unfinished or {}
    count: int = state["added"].get(Kind.SESSION, 0) if state["kind"] == ACCOUNT_IMPORT else state["created"]
    return count
