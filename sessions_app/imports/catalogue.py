"""The clients, projects and tags of imported rows: existing ones, and new ones to create."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from sessions_app.imports.rows import ImportedCatalogue, ImportedProject, ImportedSession
from sessions_app.models import Change, Client, Project, Tag, TimeSession
from sessions_app.models.catalogue import COLOURS, CatalogueEntry, folded_name
from sessions_app.services.changeset import ChangesetWriter
from sessions_app.services.resolving import resolve_rate
from sessions_app.services.validation import MAX_TAGS
from sessions_app.timekeeping.shorthand import is_tag_word
from timetracker.characters import clean_characters, is_noncharacter
from timetracker.db.ids import uuid7
from timetracker.money import CURRENCIES, MAX_RATE_DECIMALS, RATE_LIMIT
from users_app.models import User

_NOT_IN_TAGS = re.compile(r"[\s@＠#＃\\:,;!?\"]+")


@dataclass(frozen=True, slots=True)
class NewProject:
    """A project to create; `client` is the key of its client, "" for none.

    `file_key` is the key of its name in the file, in which other projects may have the same name.
    """

    name: str
    client: str
    file_key: str


class ImportCatalogue:
    """The catalogue of a user with the entries that an import adds. Keys are folded names.

    If two clients have projects of the same name, the second becomes `Name (Client)`, since names are unique. So does
    a client's project after one without a client; one without a client becomes `Name (2)` after it. A session with a
    client joins a project without one, or the other way round, only if that project existed before the import.
    """

    def __init__(self, user: User, told: Iterable[ImportedCatalogue] = ()) -> None:
        self._user = user
        self._told: dict[tuple[str, str], ImportedProject] = {}
        self._archived_clients: set[str] = set()
        for file in told:
            self._told |= {
                (folded_name(_entry_name(each.name)), folded_name(_entry_name(each.client))): each
                for each in file.projects
            }
            self._archived_clients |= {folded_name(_entry_name(each)) for each in file.archived_clients}
        self._made_projects: set[str] = set()
        self.new_clients: dict[str, str] = {}
        self.new_projects: dict[str, NewProject] = {}
        self.new_tags: dict[str, str] = {}
        self.made: tuple[list[str], list[str], list[str]] = [], [], []
        """The names of the created clients, projects and tags."""
        self.read()

    def read(self) -> None:
        """Reads the present catalogue, and discards the new entries. Three queries."""
        user = self._user
        self._clients: dict[str, Client] = {
            each.folded_name: each for each in Client.objects.for_user(user).not_deleted()
        }
        self._projects: dict[str, Project] = {
            each.folded_name: each for each in Project.objects.for_user(user).not_deleted().select_related("client")
        }
        self._tags: dict[str, UUID] = dict(Tag.objects.for_user(user).not_deleted().values_list("folded_name", "id"))
        self._colours = Counter(each.colour for each in self._projects.values() if not each.archived)
        for new in (self.new_clients, self.new_projects, self.new_tags):
            new.clear()
        self._known: dict[tuple[str, str], str] = {}
        self._rates: dict[str, tuple[Decimal | None, str]] = {}

    def read_made(self, changeset_id: UUID) -> None:
        """Reads which projects an earlier part of this import made. One query."""
        ids = {project.id: key for key, project in self._projects.items()}
        made = Change.objects.filter(user=self._user, object_id__in=ids, changeset_id=changeset_id)
        self._made_projects |= {ids[each] for each in made.values_list("object_id", flat=True)}

    def project_key(self, row: ImportedSession) -> str:
        """Returns the key of the project of a row, "" for none; a client alone has a project of its name."""
        name = _entry_name(row.project) or _entry_name(row.client)
        return self._find_project(name, _entry_name(row.client)) if name else ""

    def tag_keys(self, row: ImportedSession) -> tuple[str, ...]:
        """Returns the keys of the tags of a row, at most as many as a session may have."""
        names = _tags_by_key(row)
        keys = tuple(names)[:MAX_TAGS]
        for key in keys:
            if key not in self._tags:
                self.new_tags.setdefault(key, names[key])
        return keys

    def add_told(self, told: Iterable[ImportedCatalogue]) -> None:
        """Adds the data about the catalogue that files have beside their sessions."""
        for file in told:
            for client in file.clients:
                self._find_client(_entry_name(client))
            for project in file.projects:
                if name := _entry_name(project.name):
                    self._find_project(name, _entry_name(project.client))
            for tag in file.tags:
                if (name := tag_name(tag)) and (key := folded_name(name)) not in self._tags:
                    self.new_tags.setdefault(key, name)

    def create(self, changes: ChangesetWriter) -> tuple[int, int, int]:
        """Creates the new entries. Returns the numbers of clients, projects and tags."""
        counts = len(self.new_clients), len(self.new_projects), len(self.new_tags)
        if not any(counts):
            return counts
        base = {"user": changes.user, "version": 1, "created_at": changes.at, "updated_at": changes.at}
        clients = {
            key: Client(id=uuid7(), name=name, archived=key in self._archived_clients, **base)
            for key, name in self.new_clients.items()
        }
        changes.add_all(clients.values(), Change.Action.IMPORT)
        self._clients |= clients
        projects = {key: self._make_project(new, base) for key, new in self.new_projects.items()}
        changes.add_all(projects.values(), Change.Action.IMPORT)
        self._projects |= projects
        self._made_projects |= projects.keys()
        tags = {key: Tag(id=uuid7(), name=name, **base) for key, name in self.new_tags.items()}
        changes.add_all(tags.values(), Change.Action.IMPORT)
        self._tags |= {key: tag.id for key, tag in tags.items()}
        made: list[list[CatalogueEntry]] = [[*clients.values()], [*projects.values()], [*tags.values()]]
        for names, entries in zip(self.made, made, strict=True):
            names += [entry.name for entry in entries]
        for new in (self.new_clients, self.new_projects, self.new_tags):
            new.clear()
        return counts

    def project(self, key: str) -> Project | None:
        """Returns an existing project by its key."""
        return self._projects[key] if key else None

    def tag_ids(self, keys: Iterable[str]) -> tuple[UUID, ...]:
        """Returns the ids of existing tags by their keys."""
        return tuple(sorted(self._tags[key] for key in keys))

    def rate(self, row: ImportedSession, key: str) -> tuple[Decimal | None, str, bool]:
        """Returns the hourly rate and currency for a session, and whether it is an override."""
        if key not in self._rates:
            self._rates[key] = resolve_rate(self._user, self.project(key))
        here, currency = self._rates[key]
        rate = clean_rate_of_file(row.rate)
        if rate is None or row.billable is False:
            return here, currency, False
        told = row.currency.upper() if row.currency.upper() in CURRENCIES else currency or self._user.currency
        return (here, currency, False) if (rate, told) == (here, currency) else (rate, told, True)

    def _find_client(self, name: str) -> str:
        key = folded_name(name) if name else ""
        if key and key not in self._clients:
            self.new_clients.setdefault(key, name)
        return key

    def _find_project(self, name: str, client: str) -> str:
        known = self._known.get((name, client))
        if known is None:
            known = self._known[name, client] = self._resolve_project(name, client)
        return known

    def _resolve_project(self, name: str, client: str) -> str:
        client_key = self._find_client(client)
        ending = f" ({client or 2})"
        names = {
            folded_name(each): each
            for each in (name, f"{name[: Project.NAME_LENGTH - len(ending)]}{ending}"[: Project.NAME_LENGTH])
        }
        clients = {key: self._client_key_of(key) for key in names}
        if exact := [key for key, its_client in clients.items() if its_client == client_key]:
            return exact[0]
        for key, its_client in clients.items():
            if its_client is None:
                self.new_projects[key] = NewProject(names[key], client_key, folded_name(name))
                return key
            is_of_import = key in self.new_projects or key in self._made_projects
            if not (is_of_import or (client_key and its_client)):
                return key
        return key

    def _client_key_of(self, key: str) -> str | None:
        """Returns the key of the client of a project, "" if it has none; None when there is no such project."""
        if key in self.new_projects:
            return self.new_projects[key].client
        project = self._projects.get(key)
        if project is None:
            return None
        return "" if project.client is None else project.client.folded_name

    def _make_project(self, new: NewProject, base: dict[str, object]) -> Project:
        told = self._told.get((new.file_key, new.client)) or ImportedProject(name=new.name)
        colour = min(range(1, COLOURS + 1), key=lambda each: (self._colours[each], each))
        self._colours[colour] += 1
        rate = clean_rate_of_file(told.rate)
        return Project(
            id=uuid7(),
            name=new.name,
            client=self._clients[new.client] if new.client else None,
            colour=colour,
            billable_by_default=bool(told.billable),
            hourly_rate=rate,
            currency=told.currency if rate is not None and told.currency in CURRENCIES else "",
            archived=told.is_archived,
            **base,
        )


def _tags_by_key(row: ImportedSession) -> dict[str, str]:
    """Returns the normalized tags of a row by key, in order."""
    names: dict[str, str] = {}
    for name in filter(None, map(tag_name, row.tags)):
        names.setdefault(folded_name(name), name)
    return names


def note_with_tags(row: ImportedSession) -> str:
    """Returns the note of a row, followed by the tags beyond the limit of a session."""
    left = list(_tags_by_key(row).values())[MAX_TAGS:] if len(row.tags) > MAX_TAGS else []
    return "\n\n".join(filter(None, (row.note, " ".join(f"#{name}" for name in left))))


def is_note_cut(row: ImportedSession) -> bool:
    """Returns whether the note of a row is longer than that of a session."""
    return len(note_with_tags(row)) > TimeSession.NOTE_LENGTH


def clean_rate_of_file(rate: Decimal | None) -> Decimal | None:
    """Returns a rate as it is stored; None for none, for zero, and for what no rate can be."""
    if rate is None or not rate.is_finite() or not 0 < rate < RATE_LIMIT:
        return None
    return rate.quantize(Decimal(1).scaleb(-MAX_RATE_DECIMALS)) or None


@lru_cache(maxsize=4096)
def tag_name(text: str) -> str:
    """Returns a tag of a file as it is stored: one word, with hyphens for what a tag cannot have. "" for none."""
    name = _NOT_IN_TAGS.sub("-", _clean(text)).strip("-")[: Tag.NAME_LENGTH].strip("-")
    if not name or is_tag_word(name):
        return name
    name = f"tag-{name}"[: Tag.NAME_LENGTH]
    return name if is_tag_word(name) else ""


@lru_cache(maxsize=4096)
def _entry_name(text: str) -> str:
    return " ".join(_clean(text).split())[: Client.NAME_LENGTH].rstrip()


def _clean(text: str) -> str:
    cleaned = unicodedata.normalize("NFC", clean_characters(text))
    return "".join(" " if unicodedata.category(each) == "Cc" else each for each in cleaned if not _is_forbidden(each))


def _is_forbidden(letter: str) -> bool:
    return unicodedata.category(letter) == "Cs" or is_noncharacter(letter)
