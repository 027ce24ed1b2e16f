"""Limits the downloads that a user makes at a time, which could otherwise occupy all threads."""

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
"""The most downloads of a user at a time, counted over all workers of this machine."""
WAIT_SECONDS = 5

Response = TypeVar("Response", bound=HttpResponseBase)


def limit_downloads(view: Callable[..., Response]) -> Callable[..., Response]:
    """Decorates a view that makes a file: it raises TooManyRequestsError while the user has MAX_DOWNLOADS."""

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        return hold_slot(request.user.pk, lambda: view(request, *args, **kwargs))

    return limited


def hold_slot(user_id: object, make: Callable[[], Response]) -> Response:
    """Returns the response of `make`, and counts it until it has been sent. Raises TooManyRequestsError.

    Visitors without a user have no data and are not counted; nor is anyone while the disk cannot be written.
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
    """A locked file, which the kernel unlocks when the process ends; None if no file can be made."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


class _Held:
    """The content of a response, which holds a slot until it is closed.

    It is not a generator, because closing a generator that has not begun runs none of its code.
    """

    def __init__(self, content: Any, slot: _Slot) -> None:
        self._content: Iterator[bytes] = iter(content)
        self._slot = slot

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._content)

    def close(self) -> None:
        """Called by Django when the response was sent or given up. Closes the content and frees the slot."""
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
