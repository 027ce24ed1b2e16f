"""A cache in memory of recent responses, for repeated requests while nothing has changed."""

from collections import OrderedDict
from threading import Lock
from typing import Any, NamedTuple

from msgspec import Raw, structs

from timetracker.shapes import Shape, encode_json


class _Kept(NamedTuple):
    shape: Shape
    size: int


def has_lists(shape: Shape) -> bool:
    """Returns whether a shape has lists; one without lists is made again as fast as found."""
    return any(isinstance(value, list) for value in structs.astuple(shape))


class RecentAnswers:
    """A cache of shapes, with their lists encoded as JSON, by a tag that identifies the content.

    All lists together take at most `max_bytes` in each process; the least recently used shapes are removed first.
    Shapes whose lists take less than `min_bytes` are not cached: they are made again as fast, and many of them would
    take more memory than is counted. Safe for threads.
    """

    def __init__(self, max_bytes: int, *, min_bytes: int = 0) -> None:
        self._max_bytes = max_bytes
        self._min_bytes = min_bytes
        self._bytes = 0
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = Lock()

    def find(self, tag: str) -> Shape | None:
        """Returns the shape with a tag, None if it is not in the cache."""
        with self._lock:
            if tag not in self._kept:
                return None
            self._kept.move_to_end(tag)
            return self._kept[tag].shape

    def keep(self, tag: str, shape: Shape) -> Shape:
        """Caches a shape unless it is too small or too large, and returns it with its lists as JSON."""
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
