"""Parses JSON element by element, with the line of each."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from sessions_app.imports.rows import UnreadableFileError
from sessions_app.imports.titles import FIELD_OF_TITLE, fold_title
from sessions_app.timekeeping.messages import Message, gettext_noop

Element = tuple[int, object]
"""An element, and the line at which it begins, or its number, from 1."""

_BETWEEN = re.compile(r"[\s,]*")
_LIST_IN_OBJECT = re.compile(
    r"\"(?:records|sessions|time_?entries|timesheets?|entries|events|items|results|data)\"\s*:\s*\[", re.IGNORECASE
)
_LENGTHS = frozenset({"end", "unix_end", "duration", "hours", "minutes", "seconds"})
_DECODER = json.JSONDecoder()
_MAX_DEPTH = 50
"""The deepest nesting of lists and objects, which readers process recursively. Files of tools have at most four."""
_DAMAGED = gettext_noop("Line %(line)s: this is no JSON, or the file was cut. Export it again.")


def json_elements(text: str) -> list[Element]:
    """Returns the elements of a list, of the only list in an object, or of a sequence of objects.

    Of an object with several lists, as Tyme has one for times and one for distances, it is those whose elements have
    ends or lengths. Superfluous commas are ignored. If a line has several elements, all elements have numbers in place
    of lines, so that they differ. Raises UnreadableFileError, which names the line.
    """
    begin = _end_of(_BETWEEN, text, 0)
    closing = "]"
    if text.startswith("[", begin):
        begin += 1
    elif (found := _LIST_IN_OBJECT.search(text)) is not None:
        begin = found.end()
    else:
        closing = ""
    elements = list(_elements(text, begin, closing))
    if not closing and len(elements) == 1 and isinstance(elements[0][1], Mapping):
        elements = _inner_elements(elements[0][1]) or elements
    if any(first[0] == second[0] for first, second in pairwise(elements)):
        return [(number, element) for number, (_line, element) in enumerate(elements, start=1)]
    return elements


def _inner_elements(whole: Mapping[str, object]) -> list[Element]:
    """Returns the numbered elements of the lists in an object that have ends or lengths, one after the other."""
    lists = [value for value in whole.values() if isinstance(value, list) and any(map(_has_length, value[:20]))]
    return list(enumerate((element for each in lists for element in each), start=1))


def _has_length(element: object) -> bool:
    return isinstance(element, Mapping) and any(FIELD_OF_TITLE.get(fold_title(key)) in _LENGTHS for key in element)


def _elements(text: str, position: int, closing: str) -> Iterator[Element]:
    line, counted = 1, 0
    while True:
        position = _end_of(_BETWEEN, text, position)
        line += text.count("\n", counted, position)
        counted = position
        if text.startswith(closing, position) if closing else position == len(text):
            return
        element, position = _decode(text, position, line)
        yield line, element


def _end_of(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return position if found is None else found.end()


def _decode(text: str, position: int, line: int) -> tuple[object, int]:
    try:
        element, position = _DECODER.raw_decode(text, position)
        _check_depth(element)
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError("malformed_file", Message(_DAMAGED, {"line": str(line)})) from error
    return element, position


def _check_depth(element: object) -> None:
    """Raises ValueError if an element is nested deeper than _MAX_DEPTH."""
    level = [element]
    for _depth in range(_MAX_DEPTH + 1):
        level = [
            inner
            for each in level
            if isinstance(each, list | dict)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return
    raise ValueError


def is_objects_with(elements: list[Element], *keys: str) -> bool:
    """Returns whether most of the first elements are objects with all these keys."""
    first = [element for _line, element in elements[:20]]
    having = sum(isinstance(each, Mapping) and all(key in each for key in keys) for each in first)
    return having * 2 > len(first)
