import resource
import sys
from concurrent.futures import ThreadPoolExecutor

from timetracker.serving.stack_room import call_with_room


def most_page_faults(calls: int) -> int:
    """The page faults of so many calls in a loop, at the depth of the stack where they are most."""

    def at(depth: int) -> int:
        if depth:
            return at(depth - 1)
        before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
        for _number in range(calls):
            str.join("", (part for part in "abc"))
        return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before

    return max(at(depth) for depth in range(200))


def in_thread(call):
    """What a call returns on a stack of its own: that of the tests has room already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


def test_no_loop_asks_the_kernel_for_its_frames():
    if sys.version_info < (3, 13):  # else what is tried here proves nothing
        assert in_thread(lambda: most_page_faults(500)) >= 500
    assert in_thread(lambda: call_with_room(most_page_faults, 500)) < 100
