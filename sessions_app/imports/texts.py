"""Makes names, notes and tags of the texts of a file."""

import json
import re
from collections.abc import Iterable

from sessions_app.imports.rows import MAX_NAME, TasksAs

# What no text of ours may have: control characters, halves of characters, and what Unicode promises never to use.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """Returns a text trimmed, with line feeds at the ends of its lines, and without control characters but tabs."""
    if text.isprintable():
        return text.strip()
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def storable(text: str) -> str:
    """Returns a text without what a database cannot hold: zero bytes and halves of characters."""
    return _UNSTORABLE.sub("", text)


def is_storable(text: str) -> bool:
    """Tells whether a database can hold a text."""
    return _UNSTORABLE.search(text) is None


def as_json(value: object) -> str:
    """Returns what was read of JSON or XML as JSON in one line, as a rejected row shows it."""
    return json.dumps(value, ensure_ascii=False)


def one_line(text: str) -> str:
    """Returns a cleaned text with one blank for all that is blank."""
    if not text:
        return ""
    return " ".join(clean(text).split())


def name_and_note(description: str, note: str = "") -> tuple[str, str]:
    """Returns the first 200 characters of a description as the name, and a note that has all that is not in it.

    A description of several lines, or of more characters, is in the note as well, before the note of the file.
    """
    description, note = clean(description), clean(note)
    name = " ".join(description.split())[:MAX_NAME].rstrip()
    if name == description:
        return name, note
    if not note:
        return name, description
    return name, f"{description}\n\n{note}"


def split_tags(text: str, mark: str = ",") -> tuple[str, ...]:
    """Returns the tags of a cell in order, each once. A `mark` of a blank stands for any white space."""
    return distinct(clean(text).split() if mark == " " else text.split(mark)) if text else ()


def distinct(tags: Iterable[str]) -> tuple[str, ...]:
    """Returns tags cleaned, without empty ones, each once."""
    return tuple(dict.fromkeys(tag for each in tags if (tag := one_line(each))))


def with_task(
    name: str, note: str, tags: tuple[str, ...], task: str, tasks_as: TasksAs | str
) -> tuple[str, str, tuple[str, ...]]:
    """Returns name, note and tags with the task in one of them: a tag beside a name, else the name, or as answered.

    As the name it moves the description to the note.
    """
    if not task:
        return name, note, tags
    if tasks_as == "tag" or (tasks_as != "name" and name):
        return name, note, distinct((*tags, task))
    task_name, whole_task = name_and_note(task)
    parts = [whole_task, *([] if note.startswith(name) and name else [name]), note]
    return task_name, "\n\n".join(part for part in parts if part), tags
