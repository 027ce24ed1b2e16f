"""Reads the recent work of a user, without repetitions, to offer it again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from uuid import UUID

from sessions_app.models import Project, Tag, TimeSession
from sessions_app.models.sessions import prefetch_tags
from sessions_app.selectors.catalogue import Catalogue
from sessions_app.timekeeping.shorthand import format_line
from timetracker.characters import fold
from timetracker.db.compiled import CompiledGet
from users_app.models import User

MAX_READ = 200
"""The most sessions that are read, so that the cost does not grow with the history."""


@dataclass(frozen=True, slots=True)
class Recent:
    """Recent work: the latest session with a combination of name, project, tags and billable mark."""

    session: TimeSession
    project: Project | None
    tags: tuple[Tag, ...]

    @property
    def id(self) -> UUID:
        """The id of the session."""
        return self.session.id

    @property
    def name(self) -> str:
        """The name, or the text for none."""
        return str(self.session)

    @property
    def billable(self) -> bool:
        """Whether it was billable."""
        return self.session.billable

    @property
    def line(self) -> str:
        """The one-line input that describes it."""
        project = None if self.project is None else self.project.name
        return format_line(self.session.name, project, [tag.name for tag in self.tags])

    @property
    def key(self) -> tuple[str, UUID | None, tuple[UUID, ...], bool]:
        """The combination that is listed once."""
        return self.session.name, self.session.project_id, self.session.tag_ids, self.session.billable


def read_recent(
    user: User, catalogue: Catalogue, *, since: datetime | None = None, count: int, starting_with: str = ""
) -> list[Recent]:
    """Returns the recent work that has a name or a project, at most `count`, latest first. Two queries.

    The running session is left out. `since` leaves out sessions that began before. Each word of `starting_with` must
    begin a word of the name, of the project or of a tag, whatever the case and accents.
    """
    read = _read_latest(user_id=user.pk, since=since or _EVER)
    prefetch_tags(read)
    return list(islice(_distinct(read, catalogue, fold(starting_with).split()), count))


_EVER = datetime(1900, 1, 1, tzinfo=UTC)
_read_latest = CompiledGet(
    lambda user_id, since: (
        TimeSession.objects.for_user(user_id)
        .not_deleted()
        .filter(start__gte=since)
        .order_by("-start", "-id")[:MAX_READ]
    ),
    user_id=UUID(int=1),
    since=datetime(1950, 1, 1, tzinfo=UTC),
)


def find_previous_end(user: User, running: TimeSession, *, now: datetime) -> datetime | None:
    """Returns the end (UTC) of the session that began last before the running one; None if it is not before `now`."""
    before = TimeSession.objects.for_user(user).not_deleted().filter(start__lte=running.start, end__isnull=False)
    previous = before.order_by("-start", "-id").first()
    return None if previous is None or previous.end is None or previous.end >= now else previous.end


def find_latest(user: User) -> TimeSession | None:
    """Returns the finished session that began last, else None."""
    ended = TimeSession.objects.for_user(user).not_deleted().filter(end__isnull=False)
    return ended.order_by("-start", "-id").first()


def _distinct(sessions: list[TimeSession], catalogue: Catalogue, words: list[str]) -> Iterator[Recent]:
    seen = set()
    for session in sessions:
        project = catalogue.project_of(session)
        offered = None if project is None or project.deleted_at is not None else project
        tags = tuple(tag for tag in catalogue.tags_of(session) if tag.deleted_at is None)
        recent = Recent(session, offered, tags)
        if session.is_running:
            seen.add(recent.key)
        if recent.key in seen or not (session.name or offered) or not _matches(recent, words):
            continue
        seen.add(recent.key)
        yield recent


def _matches(recent: Recent, words: list[str]) -> bool:
    """Returns whether each of `words` begins a word of the name, of the project or of a tag."""
    text = " ".join([recent.session.name, recent.project.name if recent.project else "", *map(str, recent.tags)])
    begins = fold(text).split()
    return all(any(each.startswith(word) for each in begins) for word in words)
