"""Room on Python's stack for what a request calls."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def call_with_room(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Calls `call` where what it calls in turn finds room for its frames, and returns what it returns.

    Python keeps frames in chunks of 16 KB. A call across the end of one asks the kernel for the next, and gives it back
    when it returns: in a loop, at an unlucky depth, that took half of the time of a page (python/cpython#142183, until
    late releases of 3.13).
    """
    return call(*args, **kwargs)


# The frame claims 124 KB, for which Python takes a chunk of 256 KB, and what is called has the rest. What is claimed is
# never touched, so that it takes no memory.
call_with_room.__code__ = call_with_room.__code__.replace(co_stacksize=15_500)
