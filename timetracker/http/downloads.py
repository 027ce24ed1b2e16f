"""How many large downloads are made for one user at a time: their work would else keep every thread from the others."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from timetracker.errors import TooManyRequestsError
from timetracker.storage.files import open_private

MAX_DOWNLOADS = 2
"""At a time, for each user, over the workers of this machine."""
WAIT_SECONDS = 5

Response = TypeVar("Response", bound=HttpResponseBase)


def limit_downloads(view: Callable[..., Response]) -> Callable[..., Response]:
    """Decorates a view that makes a file: raises TooManyRequestsError while the user has MAX_DOWNLOADS under way."""

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        return hold_slot(request.user.pk, lambda: view(request, *args, **kwargs))

    return limited


def hold_slot(user_id: object, make: Callable[[], Response]) -> Response:
    """Returns what `make` does, and counts it as under way until it was sent. Raises TooManyRequestsError.

    A stranger, who has nothing, is not counted; nor is anybody while the disk cannot be written.
    """
    if user_id is None:
        return make()
    slot = _take_slot(str(user_id))
    try:
        response = make()
    except BaseException:
        slot.release()
        raise
    if isinstance(response, StreamingHttpResponse):
        response.streaming_content = _Held(response.streaming_content, slot)
    else:
        slot.release()
    return response


class _Slot:
    """A locked file, which the kernel unlocks when the process ends; none where there can be no file."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


class _Held:
    """What is sent, which holds a slot until it is closed. No generator: one that has not begun is closed silently."""

    def __init__(self, content: Any, slot: _Slot) -> None:
        self._content: Iterator[bytes] = iter(content)
        self._slot = slot

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._content)

    def close(self) -> None:
        """Called by Django when the answer was sent or given up; what was held before is closed by it, too."""
        self._slot.release()


def _take_slot(user_id: str) -> _Slot:
    folder = Path(settings.DATA_DIR) / "cache" / "downloads"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number in range(MAX_DOWNLOADS):
            descriptor = open_private(folder / f"{user_id}.{number}")
            with suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return _Slot(descriptor)
            os.close(descriptor)
    except OSError:
        return _Slot(None)
    message = _("Two files are being made for you already. Try again when one of them has arrived.")
    raise TooManyRequestsError(message, wait=WAIT_SECONDS)
