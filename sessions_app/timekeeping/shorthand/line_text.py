"""Formats a name, project and tags as a line, so that parsing the line gives them back."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from sessions_app.timekeeping.shorthand.chips import SplitLine, project_word, split_line

_ANY_DAY = date(2000, 1, 1)


def format_line(name: str, project: str | None = None, tags: Iterable[str] = ()) -> str:
    """Returns the line that starts a session with this name, project and tags now: `Logo @"Book covers" #draft`.

    Words in the name that would be read as a time, project or tag are escaped with a backslash.
    """
    words = [*([project_word(project)] if project else []), *(f"#{tag}" for tag in tags)]
    return " ".join([*([_escaped(name)] if name else []), *words])


@lru_cache(maxsize=1024)  # each page formats the same few names, which are read several times for it
def _escaped(name: str) -> str:
    """Returns the name with a backslash before each phrase that could be understood, whatever follows the name."""
    for end in (" 9:00-10:00", " 9:00 45m", " 45m", ""):
        while inside := [each for each in _split(name + end).chips if each.end <= len(name)]:
            start = inside[-1].start
            name = f"{name[:start]}\\{name[start:]}"
    return " ".join(name.split())


def _split(text: str) -> SplitLine:
    return split_line(text, today=_ANY_DAY, day_first=True)
