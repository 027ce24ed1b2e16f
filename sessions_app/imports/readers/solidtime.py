"""solidtime: the report, and the ZIP of everything."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import cast
from zipfile import ZipFile

from sessions_app.imports.archives import find_part, open_zip
from sessions_app.imports.bytes_to_text import Source, csv_records
from sessions_app.imports.checks import checked, rejected
from sessions_app.imports.dates import parse_stamp
from sessions_app.imports.evidence import ask_whose, takes_rows_of, user_called
from sessions_app.imports.layouts import CONTENTS, Layout, twin_of_contents
from sessions_app.imports.numbers import currency_in, parse_bool, parse_rate
from sessions_app.imports.rows import (
    Answers,
    ImportedCatalogue,
    ImportedProject,
    ImportedSession,
    Question,
    ReadFile,
    Row,
    SkippedRow,
)
from sessions_app.imports.texts import as_json, distinct, name_and_note, one_line, with_task
from sessions_app.timekeeping.messages import gettext_noop

MAX_UNPACKED = 600_000_000
ENTRIES = "time_entries.csv"
_CENTS = 100
_BAD_TIME = gettext_noop("“%(cell)s” is no time.")
_Line = Mapping[str, str]


LAYOUTS = (
    Layout(
        tool="solidtime",
        label="solidtime, report",
        needs=({"start"}, {"end"}, {"decimal"}),
        lacks=("start_date", "date"),
        typical=("duration decimal",),
        enough=1,
        contents=CONTENTS,
        has_seconds=True,
        twin=twin_of_contents,
    ),
)


def is_solidtime(names: set[str]) -> bool:
    """Tells whether a ZIP with these parts is one of solidtime."""
    return {"meta.json", ENTRIES} <= names


def read_zip(source: Source, answers: Answers) -> ReadFile:
    """Returns the entries of a ZIP as neutral rows. Raises UnreadableFileError."""
    with source.open() as file, open_zip(file, MAX_UNPACKED) as archive:
        parts = {name: dict(_lines_by_id(archive, f"{name}.csv")) for name in ("clients", "projects", "tasks", "tags")}
        members = dict(_lines_by_id(archive, "members.csv"))
        organisations = dict(_lines_by_id(archive, "organizations.csv"))
        has_tasks, users = False, dict[str, int]()
        for _number, line in _lines(archive, ENTRIES):
            user = _user(line, members)
            users[user] = users.get(user, 0) + 1
            has_tasks = has_tasks or bool(line.get("task_id"))
    currency = currency_in(next((line.get("currency", "") for line in organisations.values()), ""))
    users.pop("", None)
    users_by_name = defaultdict[str, set[str]](set)
    for member in members.values():
        if name := member.get("name"):
            users_by_name[name.casefold()].add(_user_of(member))
    answers = replace(answers, whose=user_called(answers.whose, users_by_name))

    def rows(after: int) -> Iterator[Row]:
        with source.open() as file, open_zip(file, MAX_UNPACKED) as archive:
            for number, line in _lines(archive, ENTRIES):
                if number <= after:
                    continue
                user = _user(line, members)
                if not takes_rows_of(answers.whose, user):
                    yield SkippedRow(number, "another_user")
                else:
                    yield _session(number, line, parts, user=user, currency=currency, tasks_as=answers.tasks_as)

    whose = ask_whose(users, answers.whose)
    asked = [] if whose is None else [whose]
    if has_tasks and not answers.tasks_as:
        asked.append(Question("tasks_as", ("tag", "name")))
    return ReadFile(
        tool="solidtime",
        label="solidtime, ZIP",
        read_rows=rows,
        questions=tuple(asked),
        answers=answers,
        catalogue=_catalogue(parts, currency),
        users=tuple(users),
    )


def _lines(archive: ZipFile, name: str) -> Iterator[tuple[int, _Line]]:
    path = find_part(archive, name)
    if path is None:
        return
    with archive.open(path) as part:
        text = io.TextIOWrapper(cast("io.BufferedReader", part), "utf-8", "imports.windows_1252", newline="")
        records = csv_records((line.replace("\0", "").removeprefix("\ufeff") for line in text), ",")
        try:
            _number, header = next(records, (0, list[str]()))
            for number, cells in records:
                yield number, dict(zip(header, cells, strict=False))
        except csv.Error:
            return


def _lines_by_id(archive: ZipFile, name: str) -> Iterator[tuple[str, _Line]]:
    return ((line.get("id", ""), line) for _number, line in _lines(archive, name))


def _user(line: _Line, members: Mapping[str, _Line]) -> str:
    return _user_of(members.get(line.get("member_id", ""), {}))


def _user_of(member: _Line) -> str:
    return member.get("email") or member.get("name") or ""


def _rate(line: _Line) -> Decimal | None:
    cents = parse_rate(line.get("billable_rate", ""), comma=False)
    return cents / _CENTS if cents else None


def _catalogue(parts: Mapping[str, Mapping[str, _Line]], currency: str) -> ImportedCatalogue:
    clients = parts["clients"]
    return ImportedCatalogue(
        tuple(one_line(line.get("name", "")) for line in clients.values()),
        tuple(
            ImportedProject(
                name=one_line(line.get("name", "")),
                client=one_line(clients.get(line.get("client_id", ""), {}).get("name", "")),
                billable=parse_bool(line.get("is_billable", "")),
                rate=_rate(line),
                currency=currency,
                is_archived=bool(line.get("archived_at")),
            )
            for line in parts["projects"].values()
        ),
        tuple(one_line(line.get("name", "")) for line in parts["tags"].values()),
        tuple(one_line(line.get("name", "")) for line in clients.values() if line.get("archived_at")),
    )


def _session(
    number: int,
    line: _Line,
    parts: Mapping[str, Mapping[str, _Line]],
    *,
    user: str,
    currency: str,
    tasks_as: str,
) -> Row:
    if line.get("type", "") == "break":
        return SkippedRow(number, "break")
    start_text, end_text = (line.get(key, "").strip() for key in ("start", "end"))
    start = parse_stamp(start_text, "ymd").instant
    end = parse_stamp(end_text, "ymd").instant
    if start is None or start.tzinfo is None or (end_text and (end is None or end.tzinfo is None)):
        wrong = start_text if start is None or start.tzinfo is None else end_text
        return rejected(number, "bad_time", _BAD_TIME, wrong, as_json(dict(line)))

    def name_of(kind: str, key: str) -> str:
        return one_line(parts[kind].get(line.get(key, ""), {}).get("name", ""))

    name, note = name_and_note(line.get("description", ""))
    task = name_of("tasks", "task_id")
    tags = distinct(parts["tags"].get(tag, {}).get("name", "") for tag in _ids(line.get("tags", "")))
    name, note, tags = with_task(name, note, tags, task, tasks_as)
    project = parts["projects"].get(line.get("project_id", ""), {})
    client_id = line.get("client_id") or project.get("client_id", "")
    return checked(
        ImportedSession(
            line=number,
            record=f"{start_text}/{end_text}\x1f{name}\x1f{note}",
            start=start,
            end=end,
            name=name,
            note=note,
            client=one_line(parts["clients"].get(client_id, {}).get("name", "")),
            project=one_line(project.get("name", "")),
            task=task,
            tags=tags,
            billable=parse_bool(line.get("billable", "")),
            rate=_rate(line),
            currency=currency,
            external_id=line.get("id", ""),
            whose=user,
            is_running=not end_text,
            twin=twin_of_contents(line.get("description", ""), one_line(project.get("name", ""))),
        )
    )


def _ids(text: str) -> list[str]:
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return []
    return [str(each) for each in found] if isinstance(found, list) else []
