"""A user with an object of every kind, and the values that no other user may see."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from io import BytesIO
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model, QuerySet

from sessions_app import services
from sessions_app.imports.files import answers_to_json
from sessions_app.imports.plan import make_plan
from sessions_app.imports.rows import Answers
from sessions_app.imports.waiting import keep_files, open_waiting
from sessions_app.models import Changeset, Client, Import, Project, Tag
from sessions_app.pages.imports import plan_to_json
from tests.factories import WEB, make_account, make_session, start_session
from timetracker import clock
from users_app.models import AccessToken, BrowserSession, Scope, User
from users_app.services.feeds import issue_feed

UNSHARED = "Zugeknöpft"
"""A word in every text of that user."""

NOTED_BY_A_GET = {"last_used_at", "last_login", "access_count"}
"""Fields that a GET may write: the last use of a token, feed or share link, and how often a link was opened."""


@dataclass
class Holdings:
    """A user, and the id of one object of each kind, by its name in URLs."""

    user: User
    ids: dict[str, str]
    secrets: dict[str, str] = field(default_factory=dict)

    @cached_property
    def untold(self) -> list[str]:
        """The ids, texts and secrets that no response to another user may contain, read at the first access."""
        rows = [row for table in _TABLES.values() for row in table.all() if str(self.user.pk) in map(str, row)]
        ids = {str(value) for row in rows for value in json.loads(json.dumps(row, default=str)) if _is_id(value)}
        return [UNSHARED, str(self.user.email), *ids, *(each.replace("-", "") for each in ids), *self.secrets.values()]


def with_everything(name: str) -> Holdings:
    """Makes an account with sessions (finished, running, in the Trash), a client, project, tag, feed and tokens."""
    user = make_account(f"{name}@zugeknoepft.example", display_name=f"{UNSHARED} {name}", hourly_rate=Decimal("123.45"))
    client = services.create_entry(user, WEB, Client, name=f"{UNSHARED} client {name}")
    project = services.create_entry(user, WEB, Project, name=f"{UNSHARED} project {name}", client_id=client.id)
    tag = services.create_entry(user, WEB, Tag, name=f"{UNSHARED}-{name}")
    texts = {"name": f"{UNSHARED} work", "note": f"{UNSHARED} note", "project_id": project.id, "tags": [tag.name]}
    session = make_session(user, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", **texts)
    trashed = make_session(user, "2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z", **texts)
    services.delete_session(user, WEB, trashed.id)
    running = start_session(user, "2026-11-23T08:00:00Z", **texts)
    report = services.save_report(user, WEB, name=f"{UNSHARED} report", query=f"project={project.id}")
    share, share_secret = services.share(user, WEB, name=f"{UNSHARED} share", page="report", query="group=name")
    feed, feed_secret = issue_feed(user, f"{UNSHARED} feed")
    secrets = {
        "all": _token(user, *Scope),
        "read": _token(user, Scope.READ),
        "track": _token(user, Scope.TRACK),
        "expired": _token(user, *Scope, expires_at=clock.now() - timedelta(seconds=1)),
        "feed": feed_secret,
        "share": share_secret,
    }
    spare, secrets["spare"] = AccessToken.objects.issue(user, name=f"{UNSHARED} spare")
    ids = {
        "user_id": user,
        "session_id": session,
        "trashed_id": trashed,
        "running_id": running,
        "client_id": client,
        "project_id": project,
        "tag_id": tag,
        "token_id": spare,
        "feed_id": feed,
        "report_id": report,
        "share_id": share,
        "import_id": waiting_import(user),
        "changeset_id": Changeset.objects.filter(user=user).latest("revision"),
    }
    return Holdings(user, {each: str(row.pk) for each, row in ids.items()}, secrets)


def rows_of_all() -> list[tuple[str, tuple[object, ...]]]:
    """Returns every row of every table, except the sessions of browsers, and without NOTED_BY_A_GET."""
    rows: list[tuple[str, tuple[object, ...]]] = []
    with connection.cursor() as cursor:
        for label, select in _SELECTS.items():
            cursor.execute(select)
            rows += [(label, row) for row in cursor.fetchall()]
    return rows


def _rows_of(model: type[Model]) -> QuerySet[Any]:
    names = [each.attname for each in model._meta.concrete_fields if each.name not in NOTED_BY_A_GET]
    return model._default_manager.order_by("pk").values_list(*names)


_TABLES = {
    model._meta.label: _rows_of(model)
    for model in apps.get_models()
    if model._meta.app_label in {"sessions_app", "users_app"} and model is not BrowserSession
}
# Compiled once, since Django takes longer to compile a query than the database to run it.
_SELECTS = {label: str(rows.query) for label, rows in _TABLES.items()}


def waiting_import(user: User) -> Import:
    """Makes an import of one session that was previewed and waits to be confirmed."""
    row = f"Date,Start,End,Description\n2026-11-02,09:00,10:00,{UNSHARED} elsewhere\n".encode()
    waiting = keep_files(user, [(f"{UNSHARED}.csv", BytesIO(row))], clock.now())
    plan = make_plan(user, open_waiting(waiting, clock.now())[1], Answers(), clock.now())
    waiting.answers, waiting.plan = answers_to_json(Answers()), plan_to_json(plan)
    waiting.save()
    return waiting


def _token(user: User, *scopes: Scope, **fields: object) -> str:
    return AccessToken.objects.issue(user, name=f"{UNSHARED} token", scopes=scopes, **fields)[1]


def _is_id(value: object) -> bool:
    return isinstance(value, str) and len(value) == 36 and value.count("-") == 4
