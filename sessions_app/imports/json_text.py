"""Reads JSON element by element, so that each is known by its line."""

import json
import re
from collections.abc import Mapping

from sessions_app.imports.rows import UnreadableFileError
from sessions_app.timekeeping.messages import Message, gettext_noop

Element = tuple[int, object]
"""The line at which an element of a list begins, from 1, and the element."""

_BETWEEN = re.compile(r"[\s,]*")
_LIST_IN_OBJECT = re.compile(r"\"(?:records|sessions|time_entries|timeEntries|entries|data)\"\s*:\s*\[")
_DECODER = json.JSONDecoder()
_DAMAGED = gettext_noop("Line %(line)s: this is no JSON, or the file was cut. Export it again.")


def json_elements(text: str) -> list[Element]:
    """Returns the elements of a list, of the only list in an object, or an object alone as one element.

    Commas too many are no mistake. Raises UnreadableFileError, which names the line.
    """
    begin = _BETWEEN.match(text).end()  # type: ignore[union-attr]  # matches any text
    if text.startswith("{", begin):
        if (found := _LIST_IN_OBJECT.search(text)) is None:
            return [(1, _decode(text, begin, 1)[0])]
        begin = found.end() - 1
    elements: list[Element] = []
    position, line, counted = begin + 1, 1, 0
    while True:
        position = _BETWEEN.match(text, position).end()  # type: ignore[union-attr]
        line += text.count("\n", counted, position)
        counted = position
        if text.startswith("]", position):
            return elements
        element, position = _decode(text, position, line)
        elements.append((line, element))


def _decode(text: str, position: int, line: int) -> tuple[object, int]:
    try:
        return _DECODER.raw_decode(text, position)
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError("malformed_file", Message(_DAMAGED, {"line": str(line)})) from error


def is_objects_with(elements: list[Element], *keys: str) -> bool:
    """Tells whether most of the first elements are objects with all these keys."""
    first = [element for _line, element in elements[:20]]
    having = sum(isinstance(each, Mapping) and all(key in each for key in keys) for each in first)
    return having * 2 > len(first)
