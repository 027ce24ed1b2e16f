"""Allocates Python's stack for a whole request in advance."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def call_with_room(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Calls `call` with a large free chunk of Python's stack, and returns its result.

    Python stores frames in chunks of 16 KB. A call that crosses the end of a chunk allocates the next one from the
    kernel and frees it on return: in a loop at an unlucky depth, this took half of the time of a page
    (python/cpython#142183, fixed in late releases of 3.13).
    """
    return call(*args, **kwargs)


# This frame claims 124 KB, for which Python allocates a chunk of 256 KB; called functions use the rest of the chunk.
# The claimed part is never touched, so it takes no memory.
call_with_room.__code__ = call_with_room.__code__.replace(co_stacksize=15_500)
