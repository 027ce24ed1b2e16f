"""Answers given lately, kept in memory for whoever asks again while nothing has changed."""

from collections import OrderedDict
from threading import Lock
from typing import Any, NamedTuple

from msgspec import Raw, structs

from timetracker.shapes import Shape, encode_json


class _Kept(NamedTuple):
    shape: Shape
    size: int


def has_lists(shape: Shape) -> bool:
    """Tells whether a shape is worth keeping: one without lists is as quickly made again."""
    return any(isinstance(value, list) for value in structs.astuple(shape))


class RecentAnswers:
    """Shapes by a tag that names all that they say, their lists as JSON already.

    Their lists have at most `max_bytes` together, in each process; those asked for longest ago go first. Shapes whose
    lists have less than `min_bytes` are as quickly made again, and many of them would take more memory than that. Safe
    for threads.
    """

    def __init__(self, max_bytes: int, *, min_bytes: int = 0) -> None:
        self._max_bytes = max_bytes
        self._min_bytes = min_bytes
        self._bytes = 0
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = Lock()

    def find(self, tag: str) -> Shape | None:
        """Returns the shape of a tag, None when it is not here (any more)."""
        with self._lock:
            if tag not in self._kept:
                return None
            self._kept.move_to_end(tag)
            return self._kept[tag].shape

    def keep(self, tag: str, shape: Shape) -> Shape:
        """Keeps a shape unless it is too small or too large, and returns it with its lists as JSON."""
        lists: dict[str, Any] = {
            name: Raw(encode_json(value)) for name, value in structs.asdict(shape).items() if isinstance(value, list)
        }
        written = structs.replace(shape, **lists)
        size = sum(len(raw) for raw in lists.values())
        if not self._min_bytes <= size <= self._max_bytes:
            return written
        with self._lock:
            self._bytes += size - self._kept.pop(tag, _Kept(shape, 0)).size
            self._kept[tag] = _Kept(written, size)
            while self._bytes > self._max_bytes:
                _tag, oldest = self._kept.popitem(last=False)
                self._bytes -= oldest.size
        return written
