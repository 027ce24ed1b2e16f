"""The plan of an import: what `commit` would write, found by the same rules, without writing."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import cast

from django.utils.translation import gettext

from sessions_app.imports.candidates import Candidate, read_candidates
from sessions_app.imports.catalogue import ImportCatalogue, is_note_cut
from sessions_app.imports.files import OpenFile, questions_of
from sessions_app.imports.identities import SeenRows, Standing, find_standings
from sessions_app.imports.placing import Times, times_of
from sessions_app.imports.rejections import MAX_REJECTED, Rejection, rejection_of
from sessions_app.imports.rows import (
    Answers,
    ImportedCatalogue,
    Question,
    RejectedRow,
    SkippedRow,
    UnreadableFileError,
)
from sessions_app.models import Client, Project, Tag
from sessions_app.services.changeset import BATCH_SIZE
from sessions_app.services.limits import check_entry_count
from sessions_app.services.undo_parts import MAX_LISTED
from sessions_app.timekeeping.messages import gettext_noop
from users_app.models import User

MAX_FIRST_ROWS = 8
_NO_SESSIONS = gettext_noop("This file holds no sessions.")


@dataclass(frozen=True, slots=True)
class FirstRow:
    """One of the first rows, as it would be imported. Times are UTC, None if only the day and the length are known.

    If `is_local`, the file has local times without a zone.
    """

    line: int
    day: date
    timezone: str
    start: datetime | None
    end: datetime | None
    seconds: int
    name: str
    project: str
    client: str
    tags: Sequence[str]
    billable: bool | None
    is_new: bool
    is_local: bool


@dataclass(slots=True)
class FilePlan:
    """The plan for a file. `error` says why it cannot be read, and has a reason as a code.

    `columns` are the columns of a table by field, guessed or answered.
    """

    name: str
    label: str = ""
    tool: str = ""
    timezone: str = ""
    header: Sequence[str] = ()
    columns: Mapping[str, int] = field(default_factory=dict)
    remarks: Sequence[str] = ()
    error: str = ""
    reason: str = ""


@dataclass(slots=True)
class Plan:
    """The plan of an import. Counts and seconds are of finished sessions; `counts` is by standing.

    `seconds` is the sum of new sessions; `seconds_by_month` is that of all sessions in the files, by (year, month), to
    compare with the tool. `shortened` counts new sessions whose notes are cut. `stated_seconds` is the sum of the
    durations in the rows; None if a row has none. The plan is stored, so its lists are limited: names of new entries to
    the number that a user may have of each kind.
    """

    files: list[FilePlan] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    counts: Counter[Standing] = field(default_factory=Counter)
    running: int = 0
    ignored: int = 0
    invoiced: int = 0
    without_clock: int = 0
    shortened: int = 0
    rejected_count: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    seconds: int = 0
    all_seconds: int = 0
    stated_seconds: int | None = 0
    seconds_by_month: Counter[tuple[int, int]] = field(default_factory=Counter)
    first_start: datetime | None = None
    last_end: datetime | None = None
    first_day: date | None = None
    last_day: date | None = None
    first_rows: list[FirstRow] = field(default_factory=list)
    new_clients: list[str] = field(default_factory=list)
    new_projects: list[str] = field(default_factory=list)
    new_tags: list[str] = field(default_factory=list)

    @property
    def created(self) -> int:
        """The number of sessions that would be added."""
        return self.counts["new"]

    @property
    def present(self) -> int:
        """The number of sessions that were imported before, deleted ones included."""
        return self.counts.total() - self.created

    @property
    def needed(self) -> list[Question]:
        """The questions that must be answered first. Without an answer, times are in the user's zone."""
        return [each for each in self.questions if each.is_needed and each.key != "timezone"]

    @property
    def errors(self) -> list[str]:
        """The errors of files that cannot be read. With any, nothing is imported."""
        return [f"{file.name}: {file.error}" for file in self.files if file.error]

    @property
    def source(self) -> str:
        """The key of the tool, `several` if there are several."""
        tools = {each.tool for each in self.files if each.tool}
        return tools.pop() if len(tools) == 1 else "several"


def make_plan(
    user: User,
    files: Sequence[OpenFile],
    answers: Answers,
    now: datetime,
    *,
    on_rejected: Callable[[Rejection], object] = lambda _row: None,
    on_rows: Callable[[int], object] = lambda _count: None,
) -> Plan:
    """Returns the plan of an import. Reads the files once, and writes nothing.

    Nothing is counted while a question must be answered. `on_rejected` is called with every rejected row, `on_rows`
    from time to time with the number of rows read since its last call. Raises InvalidInputError at `file` if there
    would be more clients, projects or tags than a user may have.
    """
    plan = Plan([_file_plan(each, answers, user) for each in files], questions_of(files))
    if plan.needed:
        return plan
    catalogue = ImportCatalogue(user, (each.found.catalogue for each in files if each.found is not None))
    catalogue.add_told(each.found.catalogue for each in files if each.found is not None)
    seen = SeenRows()
    times: list[Times] = []
    is_alone = len(files) == 1
    for number, file in enumerate(files):
        if file.found is None:
            continue
        try:
            rows = read_candidates(file.found, file.timezone(answers, user), now)
            is_empty = file.found.catalogue == ImportedCatalogue()
            while chunk := list(islice(rows, BATCH_SIZE)):
                is_empty = False
                on_rows(len(chunk))
                candidates = list(_count_others(plan, file.name, chunk, on_rejected))
                standings = list(_standings(user, candidates, seen, is_alone=is_alone))
                for each, standing in zip(candidates, standings, strict=True):
                    _count(plan, catalogue, each, standing)
                new = [each for each, standing in zip(candidates, standings, strict=True) if standing == "new"]
                times = times_of(user, new, now, times)
                _count_times(plan, times)
            if is_empty:
                plan.files[number].remarks = [*plan.files[number].remarks, gettext(_NO_SESSIONS)]
        except UnreadableFileError as error:
            plan.files[number].error = error.message.render(gettext)
            plan.files[number].reason = error.reason
    plan.new_clients = list(catalogue.new_clients.values())
    plan.new_projects = [each.name for each in catalogue.new_projects.values()]
    plan.new_tags = list(catalogue.new_tags.values())
    for model, names in ((Client, plan.new_clients), (Project, plan.new_projects), (Tag, plan.new_tags)):
        if names:
            check_entry_count(user, model, adding=len(names), field="file")
    return plan


def _file_plan(file: OpenFile, answers: Answers, user: User) -> FilePlan:
    if file.found is None:
        error = cast("UnreadableFileError", file.error)
        return FilePlan(file.name, error=error.message.render(gettext), reason=error.reason)
    found = file.found
    remarks = [each.render(gettext) for each in found.remarks[:MAX_LISTED]]
    timezone, columns = file.timezone(answers, user), dict(found.answers.columns)
    return FilePlan(file.name, found.label, found.tool, timezone, found.header, columns, remarks)


def _count_others(
    plan: Plan,
    name: str,
    chunk: Sequence[Candidate | RejectedRow | SkippedRow],
    on_rejected: Callable[[Rejection], object],
) -> Iterator[Candidate]:
    for row in chunk:
        if isinstance(row, SkippedRow):
            plan.ignored += 1
        elif isinstance(row, RejectedRow):
            plan.rejected_count += 1
            rejected = rejection_of(name, row)
            on_rejected(rejected)
            if len(plan.rejected) < MAX_REJECTED:
                plan.rejected.append(rejected)
        elif row.is_running:
            plan.running += 1
        else:
            yield row


def _standings(user: User, candidates: Sequence[Candidate], seen: SeenRows, *, is_alone: bool) -> Iterator[Standing]:
    """Yields the standing of each candidate after the import of earlier ones: an entry may be in two of the files.

    If the file `is_alone`, two rows are the same entry only if they have the same id of the tool.
    """
    for candidate, standing in zip(candidates, find_standings(user, candidates), strict=True):
        if is_alone and not candidate.row.external_id:
            yield standing
            continue
        is_repeated = standing == "new" and seen.has(candidate)
        yield "unchanged" if is_repeated else standing
        if not is_repeated:
            seen.add(candidate)


def _count_times(plan: Plan, times: Sequence[Times]) -> None:
    for start, end in times:
        plan.first_start = min(plan.first_start or start, start)
        plan.last_end = max(plan.last_end or end, end)


def _count(plan: Plan, catalogue: ImportCatalogue, candidate: Candidate, standing: Standing) -> None:
    row, day, seconds = candidate.row, candidate.day, candidate.seconds
    plan.counts[standing] += 1
    plan.all_seconds += seconds
    plan.seconds_by_month[day.year, day.month] += seconds
    plan.invoiced += row.is_invoiced
    plan.without_clock += candidate.start is None
    if row.duration_seconds is None or row.duration_seconds < 0:  # negative: it was running when exported
        plan.stated_seconds = None
    elif plan.stated_seconds is not None:
        plan.stated_seconds += row.duration_seconds
    plan.first_day = day if plan.first_day is None else min(plan.first_day, day)
    plan.last_day = day if plan.last_day is None else max(plan.last_day, day)
    if standing == "new":
        plan.seconds += seconds
        plan.shortened += is_note_cut(row)
        catalogue.project_key(row)
        catalogue.tag_keys(row)
    if len(plan.first_rows) < MAX_FIRST_ROWS:
        plan.first_rows.append(
            FirstRow(
                row.line,
                day,
                candidate.timezone,
                candidate.start,
                candidate.end,
                seconds,
                row.name,
                row.project,
                row.client,
                row.tags,
                row.billable,
                standing == "new",
                row.start is not None and row.start.tzinfo is None and row.timezone != candidate.timezone,
            )
        )
