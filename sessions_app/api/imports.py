"""Imports of other tools' files, over HTTP."""

import tempfile
from collections.abc import Mapping
from contextlib import nullcontext
from io import BytesIO
from typing import IO, Any, cast
from uuid import UUID

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app import services
from sessions_app.account_export import (
    ImportPreview,
    check_account_export,
    import_account_export,
    preview_account_export,
)
from sessions_app.api.import_shapes import ImportResult, RejectedRow
from sessions_app.imports.background import turn
from sessions_app.imports.commit import Outcome, run_import
from sessions_app.imports.detection import ACCOUNT_EXPORT
from sessions_app.imports.files import is_account_export, is_large, open_files
from sessions_app.imports.plan import Plan, make_plan
from sessions_app.imports.rows import Answers
from sessions_app.imports.unpacking import unpacked
from sessions_app.models import Kind, Source
from timetracker import clock
from timetracker.api import problems
from timetracker.api.encodings import read_decoded
from timetracker.api.fields import ChoiceField, QuerySerializer, TextField, TrueOrFalseField
from timetracker.api.viewsets import read_query, shared_serializer
from users_app.api.user_scoped import UserScopedViewSet
from users_app.models import Scope
from users_app.zones import validate_zone

_IN_MEMORY = 1 << 20
_PARAMETERS = {
    "timezone": "timezone",
    "date_order": "dateOrder",
    "decimal_comma": "decimal",
    "whose": "person",
    "tasks_as": "tasks",
}
"""Which parameter answers which question."""
_FORM = "application/x-www-form-urlencoded"


class FileParser(BaseParser):
    """A body that is a file, whatever its type says, at most IMPORT_MAX_SIZE; kept on disk when it is large."""

    media_type = "*/*"

    def parse(  # type: ignore[override]  # the stubs know forms only
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> IO[bytes]:
        if (media_type or "").partition(";")[0].strip().lower() == _FORM:
            raise UnsupportedMediaType(_FORM)
        request = (parser_context or {}).get("request")
        encoding = "" if request is None else request.headers.get("Content-Encoding", "")
        file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # read by the view
        try:
            for piece in read_decoded(stream, encoding, limit=settings.IMPORT_MAX_SIZE):
                file.write(piece)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file


class ImportQuerySerializer(QuerySerializer):
    """How the files are read where they leave it open, and whether anything is stored."""

    dryRun = TrueOrFalseField(required=False, help_text="`true`: nothing is stored.")  # a key
    timezone = TextField(help_text="The zone of times without one; else that of the user.")
    dateOrder = ChoiceField(choices=["dmy", "mdy", "ymd"], required=False, help_text="Where the file leaves it open.")
    decimal = ChoiceField(choices=["comma", "point"], required=False, help_text="Where the file leaves it open.")
    tasks = ChoiceField(choices=["tag", "name"], required=False, help_text="What tasks and activities become.")
    person = TextField(
        help_text="Whose rows, by e-mail address or name, when the file has several users; `*` for all of them."
    )
    fileName = TextField(help_text="The name of the file, which rejected rows show.")

    def validate_timezone(self, value: str) -> str:
        """A zone that there is, or none."""
        if value:
            try:
                validate_zone(value)
            except ValidationError as error:
                raise serializers.ValidationError(error.messages[0], code="invalid_timezone") from None
        return value


class ImportFormSerializer(ImportQuerySerializer):
    """The same, as fields of a form beside its files."""

    unknown_code = "unknown_field"
    file = serializers.ReadOnlyField()  # is accepted, and read by `_files_of`


class ImportViewSet(UserScopedViewSet):
    """`/imports`."""

    queried = frozenset({"bring_in"})
    scopes = {"bring_in": Scope.WRITE}
    parser_classes = [MultiPartParser, FileParser]

    @extend_schema(
        operation_id="importFiles",
        tags=["Users"],
        parameters=[ImportQuerySerializer],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={201: ImportResult, 200: ImportResult, 409: None},
    )
    def bring_in(self, request: Request, user_id: str) -> Response:
        """Brings in the export of another time tracker: what the account has already, it does not add again.

        The body is the file, or a form with `file` parts, and if you like the parameters as fields. With `dryRun=true`
        nothing is stored. It is one changeset, which can be undone for 30 days. Large files are read one after the
        other: 429 says when to send one again.
        """
        query = read_query(ImportQuerySerializer, request) | _fields_of(request)
        contents = _files_of(request, query.get("fileName", ""))
        try:
            with (
                turn() if is_large(contents) else nullcontext(),
                unpacked(contents, most=settings.IMPORT_MAX_SIZE) as each,
            ):
                return self._bring_in(each, query)
        finally:
            for _name, file in contents:
                file.close()

    def _bring_in(self, contents: list[tuple[str, IO[bytes]]], query: Mapping[str, Any]) -> Response:
        is_dry = query.get("dryRun", False)
        decimal = query.get("decimal")
        answers = Answers(
            timezone=query.get("timezone", ""),
            date_order=query.get("dateOrder", ""),
            decimal_comma=None if decimal is None else decimal == "comma",
            whose=query.get("person", ""),
            tasks_as=query.get("tasks", ""),
        )
        now = clock.now()
        files = open_files(contents, answers, now)
        if is_account_export(files, field="file"):
            return self._account(contents[0][1], is_dry=is_dry)
        plan = make_plan(self.user, files, answers, now)
        wrong = _problem_of(plan)
        if wrong is not None:
            return Response(wrong, status=wrong.status, content_type=problems.CONTENT_TYPE)
        if is_dry:
            return Response(_result_of_plan(plan))
        actor = services.Actor(Source.API, token=self.token)
        return Response(_result_of(plan, run_import(self.user, actor, contents, files, answers)), status=201)

    def _account(self, content: Any, *, is_dry: bool) -> Response:
        checked = check_account_export(content)
        preview = preview_account_export(self.user, checked)
        changeset_id = None
        if not is_dry:
            actor = services.Actor(Source.API, token=self.token)
            changeset_id = import_account_export(self.user, actor, checked).changeset_id
        body = _result_of_account(preview, changeset_id, is_dry=is_dry)
        return Response(body, status=200 if is_dry else 201)


def _fields_of(request: Request) -> dict[str, Any]:
    """Returns the parameters that a form has. Raises ValidationError, also for unknown ones and other files."""
    if not isinstance(request.data, QueryDict):
        return {}
    given = {key: values for key, values in request.data.lists() if key != "file"}
    repeated = {key: [_("Give this once.")] for key, values in given.items() if len(values) > 1 or key in request.GET}
    if repeated:
        raise serializers.ValidationError(repeated, code="invalid")
    return dict(
        shared_serializer(ImportFormSerializer).run_validation({key: values[0] for key, values in given.items()})
    )


def _files_of(request: Request, name: str) -> list[tuple[str, IO[bytes]]]:
    """Raises RequestDataTooBig, and ValidationError for a form without a file, or with a text in its place."""
    if not isinstance(request.data, QueryDict | dict):
        return [(name or "import", cast("IO[bytes]", request.data))]
    if not request.content_type.startswith("multipart/"):  # the framework calls no parser for no body
        return [(name or "import", BytesIO())]
    if "file" in request.POST:
        text = _("“file” is a text in this form. Send it as a file, with a file name.")
        raise serializers.ValidationError({"file": [text]}, code="invalid")
    uploads: list[UploadedFile[Any]] = request.FILES.getlist("file")
    if not uploads:
        raise serializers.ValidationError({"file": [_("Send the file in a part named “file”.")]}, code="required")
    if sum(each.size or 0 for each in uploads) > settings.IMPORT_MAX_SIZE:
        raise RequestDataTooBig
    return [(name or each.name or "import", cast("IO[bytes]", each.file)) for each in uploads]


def _problem_of(plan: Plan) -> problems.Problem | None:
    unreadable = next((each for each in plan.files if each.error), None)
    columns = next((each for each in plan.needed if each.key == "columns"), None)
    if unreadable is not None or columns is not None:
        detail = _("This table is of no tool that is known here. Import it on the page, which asks for its columns.")
        if unreadable is not None:
            detail = unreadable.error if len(plan.files) == 1 else f"“{unreadable.name}”: {unreadable.error}"
        body = problems.problem(400, "unreadable_file", detail)
        body.reason = "unknown_format" if unreadable is None else unreadable.reason
        return body
    if not plan.needed:
        return None
    choices = [problems.Choice(_PARAMETERS[each.key], list(each.options)) for each in plan.needed]
    names = ", ".join(each.parameter for each in choices)
    body = problems.problem(
        409, "choice_needed", _("The file leaves open what is meant. Choose by: %(names)s.") % {"names": names}
    )
    body.choices = choices
    return body


def _result_of_plan(plan: Plan) -> ImportResult:
    return ImportResult(
        source=plan.source,
        dry_run=True,
        created=plan.created,
        unchanged=plan.present,
        edited_here=plan.counts["edited"],
        deleted_here=plan.counts["deleted"],
        rejected_count=plan.rejected_count,
        rejected=[RejectedRow.of(each) for each in plan.rejected],
        ignored=plan.ignored,
        running=plan.running,
        shortened=plan.shortened,
        total_seconds=plan.seconds,
        first_start=plan.first_start,
        last_end=plan.last_end,
        new_clients=plan.new_clients,
        new_projects=plan.new_projects,
        new_tags=plan.new_tags,
        changeset_id=None,
    )


def _result_of(plan: Plan, done: Outcome) -> ImportResult:
    counts = done.counts
    return ImportResult(
        source=plan.source,
        dry_run=False,
        created=counts["created"],
        unchanged=counts["unchanged"] + counts["edited"] + counts["deleted"],
        edited_here=counts["edited"],
        deleted_here=counts["deleted"],
        rejected_count=counts["rejected_count"],
        rejected=[RejectedRow.of(each) for each in done.rejected],
        ignored=counts["ignored"],
        running=counts["running"],
        shortened=counts["shortened"],
        total_seconds=counts["total_seconds"],
        first_start=done.first_start,
        last_end=done.last_end,
        new_clients=list(done.made[0]),
        new_projects=list(done.made[1]),
        new_tags=list(done.made[2]),
        changeset_id=done.changeset_id,
    )


def _result_of_account(preview: ImportPreview, changeset_id: UUID | None, *, is_dry: bool) -> ImportResult:
    return ImportResult(
        source=ACCOUNT_EXPORT,
        dry_run=is_dry,
        created=preview.created,
        unchanged=preview.present,
        edited_here=preview.edited,
        deleted_here=preview.deleted,
        rejected_count=0,
        rejected=[],
        ignored=0,
        running=preview.running,
        shortened=0,
        total_seconds=preview.seconds,
        first_start=preview.first_start,
        last_end=preview.last_end,
        new_clients=preview.new_names[Kind.CLIENT],
        new_projects=preview.new_names[Kind.PROJECT],
        new_tags=preview.new_names[Kind.TAG],
        changeset_id=changeset_id,
    )
