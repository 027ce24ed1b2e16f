"""Formats the line that is read as a given name, project and tags."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from sessions_app.timekeeping.shorthand.chips import SplitLine, project_word, split_line

_ANY_DAY = date(2000, 1, 1)


def format_line(name: str, project: str | None = None, tags: Iterable[str] = ()) -> str:
    """Returns a line for that name, project and tags, which starts now: `Logo @"Book covers" #draft`.

    What would be read as a time, project or tag in the name stands behind a backslash.
    """
    words = [*([project_word(project)] if project else []), *(f"#{tag}" for tag in tags)]
    return " ".join([*([_escaped(name)] if name else []), *words])


@lru_cache(maxsize=1024)  # each page formats the same few names, which are read several times for it
def _escaped(name: str) -> str:
    """Returns the name with a backslash before each phrase that would be understood, whatever stands behind it."""
    for end in (" 9:00-10:00", " 9:00 45m", " 45m", ""):
        while inside := [each for each in _split(name + end).chips if each.end <= len(name)]:
            start = inside[-1].start
            name = f"{name[:start]}\\{name[start:]}"
    return " ".join(name.split())


def _split(text: str) -> SplitLine:
    return split_line(text, today=_ANY_DAY, day_first=True)
