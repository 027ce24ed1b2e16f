"""Work on large imports in a thread of the server, which continues after the request that began it.

`Import.progress` tells all workers about the work: an object with its `kind`, a `key` of this run, the instant of its
last `beat` (heartbeat) and the number of `rows` read; or only with an `error`, if it ended with one. A process that was
killed has no further beats, and another one may begin its work again.
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
"""Does some work on an import, and returns the columns of `Import` to update."""

BEAT_SECONDS = 2.0
LOST_AFTER = timedelta(seconds=20)
"""A process without a beat for this time is considered dead."""
_MAX_JOBS = 8
"""The most jobs, running or waiting, in each process."""
_RETRY_SECONDS = 30

_turn = threading.Semaphore(1)
"""Each process works on one large file at a time: several would not be faster, and would need more memory."""
_jobs: dict[UUID, "Job"] = {}
"""The jobs of this process by id of the import."""


def begin(waiting: Import, kind: Kind, work: Work) -> None:
    """Begins work on an import unless a process is working on it.

    Raises NotFoundError if the import is gone, and TooManyRequestsError if this process has _MAX_JOBS.
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
    """Returns whether a living process is working on an import."""
    beat = (waiting.progress or {}).get("beat")
    return beat is not None and datetime.fromisoformat(beat) > now - LOST_AFTER


def wait(waiting: Import, seconds: float) -> None:
    """Waits until the work on an import has ended, at most `seconds`. Does not wait for work of another process."""
    if (job := _jobs.get(waiting.id)) is not None:
        job.ended.wait(seconds)


@contextmanager
def turn() -> Iterator[None]:
    """Allows work on a large file in the request itself. Raises TooManyRequestsError during other such work."""
    if not _turn.acquire(blocking=False):
        raise _too_many()
    try:
        yield
    finally:
        _turn.release()


def _too_many() -> TooManyRequestsError:
    return TooManyRequestsError(_("Other large files are being read. Try again soon."), wait=_RETRY_SECONDS)


class Job:
    """A run of work on an import. `ended` is set at its end, successful or not."""

    def __init__(self, waiting: Import, kind: Kind, key: str, work: Work) -> None:
        self._waiting, self._kind, self._key, self._work = waiting, kind, key, work
        self._language = translation.get_language()
        self._rows = 0
        self._is_void = False
        self.ended = threading.Event()

    def add_rows(self, count: int) -> None:
        """Adds to the number of rows read, and lets other threads run.

        Raises NotFoundError to end the work, if the files are gone or another process has taken it over.
        """
        self._rows += count
        if self._is_void:
            raise NotFoundError
        time.sleep(PAUSE_SECONDS)

    def run(self) -> None:
        """Does the work, and stores its result."""
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
        """Stores a beat every BEAT_SECONDS until the work has ended."""
        while not self.ended.wait(BEAT_SECONDS):
            beat = {"kind": self._kind, "key": self._key, "beat": clock.now().isoformat(), "rows": self._rows}
            self._is_void = not self._store(progress=beat)
            connections.close_all()  # hold no connection between two beats

    def _store(self, **values: Any) -> bool:
        """Writes columns of the import. Returns whether the import exists and this run is its present one."""
        found = Import.objects.filter(user=self._waiting.user_id, id=self._waiting.id, progress__key=self._key)
        return bool(found.update(**values))


def _start(job: Job) -> None:
    """Starts the threads of a job and of its beats. They are daemons: what they have written is always consistent."""
    for run in (job.run, job.beat):
        threading.Thread(target=_run, args=[run], daemon=True).start()


def _run(run: Callable[[], None]) -> None:
    try:
        call_with_room(run)
    finally:
        connections.close_all()
