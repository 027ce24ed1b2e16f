"""Reads the catalogue of a user (clients, projects, tags), for the names of ids and for choices in forms."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db.models import Max, OuterRef, Subquery

from sessions_app.models import Client, Kind, Project, Tag, TimeSession
from sessions_app.models.catalogue import CatalogueEntry, folded_name
from sessions_app.models.expressions import tag_list
from sessions_app.models.querysets import UserScopedQuerySet
from sessions_app.timekeeping.periods import day_of
from timetracker.characters import fold
from timetracker.db.compiled import CompiledGet
from timetracker.errors import NotFoundError
from users_app.models import User

Entry = TypeVar("Entry", bound=CatalogueEntry)

MAX_OFFERED = 500
"""The most entries of a kind that a form lists: 40 kB of a page."""

MAX_LOOKED_AT = 1_000
"""The number of latest sessions read to find when tags were last used."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Catalogue:
    """Clients, projects and tags by id, in order of their names, deleted ones included, since old changes name them."""

    clients: dict[UUID, Client]
    projects: dict[UUID, Project]
    tags: dict[UUID, Tag]

    @property
    def offered_clients(self) -> list[Client]:
        """The clients to choose from: neither archived nor deleted, the first MAX_OFFERED."""
        return _offered(self.clients)

    @property
    def offered_projects(self) -> list[Project]:
        """The projects to choose from: neither archived nor deleted, the first MAX_OFFERED; others can be typed."""
        return _offered(self.projects)

    @cached_property
    def long_project_names(self) -> frozenset[str]:
        """The folded names of projects that have several words, for the one-line input to find without quotes."""
        names = (fold(each.name) for each in self.projects.values() if each.deleted_at is None)
        return frozenset(name for name in names if " " in name)

    def find_project(self, word: str, *, is_exact: bool = False) -> Project | None:
        """Returns the project that `@word` means, archived or not, else None.

        The name equals the word, where hyphens may stand for blanks and accents may be missing. Otherwise, unless
        `is_exact`, a word in the name begins with it: the first by name, archived projects last.
        """
        not_deleted = [each for each in self.projects.values() if each.deleted_at is None]
        key = folded_name(word)
        same = (each for each in not_deleted if each.folded_name == key)
        alike = (each for each in not_deleted if "-".join(each.folded_name.split()) == key)
        plain = (each for each in not_deleted if fold(word) in {fold(each.name), "-".join(fold(each.name).split())})
        found = next(same, None) or next(alike, None) or next(plain, None)
        if found is not None or is_exact:
            return found
        start = fold(word)
        begun = [each for each in not_deleted if any(part.startswith(start) for part in _WORD.findall(fold(each.name)))]
        return min(begun, key=lambda each: each.archived, default=None)

    def find_tag(self, word: str) -> Tag | None:
        """Returns the tag that `#word` means, archived or not, else None."""
        not_deleted = [each for each in self.tags.values() if each.deleted_at is None]
        key = folded_name(word)
        same = (each for each in not_deleted if each.folded_name == key)
        return next(same, None) or next((each for each in not_deleted if fold(each.name) == fold(word)), None)

    def project_of(self, session: TimeSession) -> Project | None:
        """Returns the project of a session with its client; None without one, or if added after this was read."""
        return None if session.project_id is None else self.projects.get(session.project_id)

    def tags_of(self, session: TimeSession) -> list[Tag]:
        """Returns the tags of a session, in order of their names. One query unless its tags were prefetched."""
        return self.tags_with(session.tag_ids)

    def tags_with(self, ids: Iterable[UUID]) -> list[Tag]:
        """Returns the tags with these ids, in order of their names."""
        wanted = set(ids)
        return [tag for tag_id, tag in self.tags.items() if tag_id in wanted]

    def name(self, object_id: UUID) -> str:
        """Returns the name of a client, project or tag; "" when it was removed for good."""
        found = self.projects.get(object_id) or self.clients.get(object_id) or self.tags.get(object_id)
        return "" if found is None else found.name


def _offered(entries: Mapping[UUID, Entry]) -> list[Entry]:
    return list(islice((e for e in entries.values() if e.deleted_at is None and not e.archived), MAX_OFFERED))


def read_catalogue(user: User) -> Catalogue:
    """Returns the catalogue of a user. Three queries."""
    # Clients are read after projects, so that the client of each project is among them.
    projects = {each.id: each for each in _read_projects(user_id=user.pk)}
    clients = {each.id: each for each in _read_clients(user_id=user.pk)}
    for project in projects.values():
        project.client = None if project.client_id is None else clients[project.client_id]
    tags = {each.id: each for each in _read_tags(user_id=user.pk)}
    return Catalogue(clients, projects, tags)


def _by_name(model: type[Entry]) -> CompiledGet[Entry]:
    return CompiledGet(
        lambda user_id: model.objects.for_user(user_id).order_by("folded_name", "id"), user_id=UUID(int=1)
    )


# Every page reads these, so their SQL is compiled.
_read_projects, _read_clients, _read_tags = _by_name(Project), _by_name(Client), _by_name(Tag)


def with_name_like(entries: UserScopedQuerySet, text: str) -> UserScopedQuerySet:
    """Filters entries by a text in their name, whatever the case and accents. An empty text filters nothing."""
    key = fold(text)
    return entries.filter(folded_name__contains=key) if key else entries


def has_in_name(entry: CatalogueEntry, text: str) -> bool:
    """Returns whether `with_name_like` would find an entry that is in memory."""
    return fold(text) in entry.folded_name


@dataclass(frozen=True, slots=True)
class EntryUse:
    """When entries were last used, by id: the first local day of the latest session of each.

    An entry without a date was not used after `since`, a local day of the user; never if that is None.
    """

    last_used: dict[UUID, date]
    since: date | None = None


def read_project_use(user: User) -> EntryUse:
    """Returns when projects were last used. One query."""
    # The subquery reads one index entry for each project; MAX with GROUP BY would read all sessions with a project.
    latest = TimeSession.objects.for_user(user).not_deleted().filter(project=OuterRef("id")).order_by("-first_date")
    projects = Project.objects.for_user(user).annotate(last=Subquery(latest.values("first_date")[:1]))
    return EntryUse({project_id: last for project_id, last in projects.values_list("id", "last") if last is not None})


def read_tag_use(user: User) -> EntryUse:
    """Returns when tags were last used within the latest MAX_LOOKED_AT sessions. Two queries.

    No index has the sessions of a tag in the order of their days, so the limit keeps the cost from growing.
    """
    sessions = TimeSession.objects.for_user(user)
    # Only columns of an index, so that no row is read.
    starts = sessions.order_by("-start", "-id").values_list("start", flat=True)
    bound = next(iter(starts[MAX_LOOKED_AT - 1 : MAX_LOOKED_AT]), None)
    looked_at = sessions.not_deleted() if bound is None else sessions.not_deleted().filter(start__gte=bound)
    last_used: dict[UUID, date] = {}
    for tag_ids, day in looked_at.values_list(tag_list()).annotate(Max("first_date")):
        for tag_id in map(UUID, tag_ids.split(",") if tag_ids else ()):
            last_used[tag_id] = max(day, last_used.get(tag_id, day))
    return EntryUse(last_used, None if bound is None else day_of(bound, user.zone))


def entries_of(catalogue: Catalogue, kind: Kind) -> Mapping[UUID, CatalogueEntry]:
    """Returns all clients, projects or tags of a catalogue by id, deleted ones included."""
    by_kind: dict[Kind, Mapping[UUID, CatalogueEntry]] = {
        Kind.CLIENT: catalogue.clients,
        Kind.PROJECT: catalogue.projects,
        Kind.TAG: catalogue.tags,
    }
    return by_kind[kind]


def get_entry(catalogue: Catalogue, kind: Kind, entry_id: UUID) -> CatalogueEntry:
    """Returns an entry that is not deleted. Raises NotFoundError."""
    entry = entries_of(catalogue, kind).get(entry_id)
    if entry is None or entry.deleted_at is not None:
        raise NotFoundError
    return entry


def projects_of(catalogue: Catalogue, client: CatalogueEntry) -> tuple[Project, ...]:
    """Returns the projects of a client that are not deleted, by name; none for a project or tag."""
    not_deleted = (each for each in catalogue.projects.values() if each.deleted_at is None)
    return tuple(each for each in not_deleted if each.client_id == client.id)
