"""Work on large imports in a thread of the server, which goes on when the request that began it has ended.

`Import.progress` says how far it is, to whichever worker is asked: an object with the `kind` of the work, a `key` of
this very run, the instant of its last `beat` and the `rows` that were read; or with an `error` in place of these, when
it ended with one. A process that was killed beats no more, and anybody may begin its work anew.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from django.db import connections, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from sessions_app.models import Import
from sessions_app.services.parts import PAUSE_SECONDS
from timetracker import clock
from timetracker.errors import DomainError, NotFoundError, TooManyRequestsError
from timetracker.serving.stack_room import call_with_room

logger = logging.getLogger(__name__)

Kind = Literal["read", "import"]
Work = Callable[[Import, "Job"], Mapping[str, Any]]
"""Does what there is to do with an import, and returns the columns of it that have other values then."""

BEAT_SECONDS = 2.0
LOST_AFTER = timedelta(seconds=20)
"""After how long without a beat a process is taken for dead."""
_MAX_JOBS = 8
"""How many large files are waited for in each process."""
_RETRY_SECONDS = 30

_turn = threading.Semaphore(1)
"""One large file at a time in each process: several are no quicker, and take the memory of all."""
_jobs: dict[UUID, "Job"] = {}
"""What is under way in this process, by the id of the import."""


def begin(waiting: Import, kind: Kind, work: Work) -> None:
    """Begins work on an import unless some is under way.

    Raises NotFoundError when the import is gone, and TooManyRequestsError while this process has enough to do.
    """
    if len(_jobs) >= _MAX_JOBS:
        raise _too_many()
    key = uuid4().hex
    with transaction.atomic():
        found = Import.objects.select_for_update().filter(user=waiting.user_id, id=waiting.id).first()
        if found is None:
            raise NotFoundError
        if is_at_work(found, clock.now()):
            return
        found.progress = {"kind": kind, "key": key, "beat": clock.now().isoformat(), "rows": 0}
        found.save(update_fields=["progress"])
    job = _jobs[found.id] = Job(found, kind, key, work)
    _start(job)


def is_at_work(waiting: Import, now: datetime) -> bool:
    """Tells whether a process that lives works on an import."""
    beat = (waiting.progress or {}).get("beat")
    return beat is not None and datetime.fromisoformat(beat) > now - LOST_AFTER


def wait(waiting: Import, seconds: float) -> None:
    """Waits until the work on an import has ended, for some seconds at most; not at all if another process has it."""
    if (job := _jobs.get(waiting.id)) is not None:
        job.ended.wait(seconds)


@contextmanager
def turn() -> Iterator[None]:
    """Works on a large file in the request itself. Raises TooManyRequestsError while this process works on another."""
    if not _turn.acquire(blocking=False):
        raise _too_many()
    try:
        yield
    finally:
        _turn.release()


def _too_many() -> TooManyRequestsError:
    return TooManyRequestsError(_("Other large files are being read. Try again soon."), wait=_RETRY_SECONDS)


class Job:
    """One run of work on an import. `ended` is set when it is over, whatever became of it."""

    def __init__(self, waiting: Import, kind: Kind, key: str, work: Work) -> None:
        self._waiting, self._kind, self._key, self._work = waiting, kind, key, work
        self._language = translation.get_language()
        self._rows = 0
        self._is_void = False
        self.ended = threading.Event()

    def add_rows(self, count: int) -> None:
        """Notes that so many more rows were read, and lets other threads come to their turn.

        Raises NotFoundError when nobody wants the work any more: the files are gone, or another process has it.
        """
        self._rows += count
        if self._is_void:
            raise NotFoundError
        time.sleep(PAUSE_SECONDS)

    def run(self) -> None:
        """Does the work, and stores what came of it."""
        try:
            with translation.override(self._language):
                self._store(**self._run())
        finally:
            self.ended.set()
            if _jobs.get(self._waiting.id) is self:
                del _jobs[self._waiting.id]

    def _run(self) -> Mapping[str, Any]:
        try:
            with _turn:
                return {"progress": None, **self._work(self._waiting, self)}
        except DomainError as error:
            message = error.message
        except Exception:
            logger.exception("The work on an import failed.")
            message = _("This went wrong, and the fault is ours. Try again.")
        return {"progress": {"kind": self._kind, "error": message}}

    def beat(self) -> None:
        """Says every BEAT_SECONDS that this process lives, until the work has ended."""
        while not self.ended.wait(BEAT_SECONDS):
            beat = {"kind": self._kind, "key": self._key, "beat": clock.now().isoformat(), "rows": self._rows}
            self._is_void = not self._store(progress=beat)
            connections.close_all()  # between two beats none is held

    def _store(self, **values: Any) -> bool:
        """Writes columns of the import; returns whether it is there, and this run is the one that is wanted."""
        found = Import.objects.filter(user=self._waiting.user_id, id=self._waiting.id, progress__key=self._key)
        return bool(found.update(**values))


def _start(job: Job) -> None:
    """Starts a job and its heart. Both end with the process: what they write is whole at any instant."""
    for run in (job.run, job.beat):
        threading.Thread(target=_run, args=[run], daemon=True).start()


def _run(run: Callable[[], None]) -> None:
    try:
        call_with_room(run)
    finally:
        connections.close_all()
