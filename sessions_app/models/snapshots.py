"""Database expressions for snapshots of sessions, with the same result as `TimeSession.snapshot`."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    Case,
    F,
    Field,
    ForeignKey,
    Func,
    JSONField,
    OuterRef,
    Subquery,
    TextField,
    UUIDField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import JSONObject
from django.db.models.sql.compiler import SQLCompiler

from sessions_app.models.sessions import SessionTag, TimeSession
from timetracker.money import MAX_RATE_DECIMALS
from users_app.models import User

_IT = "%(expressions)s"


class _OnEither(Func):
    """An SQL function with a template for each engine: `template` for PostgreSQL, `sqlite` for SQLite."""

    arity = 1
    output_field: "ClassVar[Field[Any, Any]]" = TextField()
    sqlite: str

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        sql, params = self.as_sql(compiler, connection, template=self.sqlite, **context)
        return sql, (*params,) * self.sqlite.count(_IT)


class _Instant(_OnEither):
    """An instant as `datetime.isoformat` writes it in UTC: without microseconds if they are 0."""

    template = f"replace(to_char({_IT} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), '.000000', '') || '+00:00'"
    sqlite = f"replace({_IT}, ' ', 'T') || '+00:00'"


class _Uuid(_OnEither):
    """A UUID with hyphens, which SQLite's tables do not store."""

    template = f"({_IT})::text"
    sqlite = " || '-' || ".join(f"substr({_IT}, {first}, {count})" for first, count in (
        (1, 8), (9, 4), (13, 4), (17, 4), (21, 12),
    ))  # fmt: skip


class _Amount(_OnEither):
    """A rate as text with all decimal places of its column."""

    template = f"round({_IT}, {MAX_RATE_DECIMALS})::text"
    # Percent signs are doubled twice, since both the template and the parameters interpolate them.
    sqlite = f"CASE WHEN {_IT} IS NOT NULL THEN printf('%%%%.{MAX_RATE_DECIMALS}f', {_IT}) END"


class _Truth(_OnEither):
    """A boolean of JSON; SQLite's tables store 0 and 1."""

    output_field = JSONField()
    template = _IT
    sqlite = f"json(CASE WHEN {_IT} THEN 'true' ELSE 'false' END)"


class _Tags(Subquery):
    """The column `tag_text` of a subquery as a JSON array, in the order of the subquery."""

    output_field = JSONField()
    template = "(SELECT COALESCE(jsonb_agg(tag_text), '[]'::jsonb) FROM (%(subquery)s) AS tags)"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        template = "json((SELECT json_group_array(tag_text) FROM (%(subquery)s)))"
        return self.as_sql(compiler, connection, template=template, **context)


_FORMS: dict[str, type[_OnEither]] = {
    "BooleanField": _Truth,
    "DateTimeField": _Instant,
    "DecimalField": _Amount,
    "UUIDField": _Uuid,
}
"""The expression for each type of field that is neither text nor a number in JSON."""


def session_snapshot(tags_of: User, replacements: Mapping[UUID, UUID] | None = None, **instead: Any) -> JSONObject:
    """Returns an expression for the snapshot of a session, as stored in `Change.before` and `Change.after`.

    Tags are those of the user `tags_of`. `replacements` maps ids of projects to the ids to write in their place.
    `instead` has values or expressions to write in place of other fields.
    """
    names = (*TimeSession.TRACKED_FIELDS, *TimeSession.METADATA_FIELDS)
    of_session = SessionTag.objects.filter(user=tags_of, session=OuterRef("id")).order_by("tag_id")
    values = {name: _written(name, instead) for name in names if name != "tag_ids"}
    if replacements:
        whens = [When(project=old, then=Value(str(new))) for old, new in replacements.items()]
        values["project_id"] = Case(*whens, default=values["project_id"], output_field=TextField())
    values["tag_ids"] = _Tags(of_session.annotate(tag_text=_Uuid("tag_id")).values("tag_text"))
    return JSONObject(**{name: values[name] for name in names})


def replaced_project(replacements: Mapping[UUID, UUID]) -> Combinable:
    """Returns an expression for a session's project id, replaced where `replacements` has another id for it."""
    whens = [When(project=old, then=Value(new)) for old, new in replacements.items()]
    return Case(*whens, default=F("project_id"), output_field=UUIDField()) if whens else F("project_id")


def _written(name: str, instead: Mapping[str, Any]) -> Combinable:
    field: Field[Any, Any] = TimeSession._meta.get_field(name)  # type: ignore[assignment]  # noqa: SLF001  # documented
    if isinstance(field, ForeignKey):
        field = field.target_field
    value = instead.get(name, F(name))
    expression = value if isinstance(value, Combinable) else Value(value, output_field=field)
    form = _FORMS.get(field.get_internal_type())
    return expression if form is None else form(expression)
