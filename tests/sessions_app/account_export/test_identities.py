"""What imported sessions are known by comes along: nothing comes in twice on another server either"""

import io
import json
import zipfile

import pytest

from sessions_app import services
from sessions_app.models import ImportIdentity, TimeSession
from tests.accounts import bring_in as bring_in_export
from tests.accounts import export
from tests.factories import WEB, make_session
from tests.sessions_app.imports.bring_in import bring_in
from tests.sessions_app.imports.samples import TOGGL
from tests.sessions_app.services.states import not_deleted
from timetracker.errors import InvalidInputError


def test_the_file_adds_nothing_after_the_move(owner, stranger):
    bring_in(owner, TOGGL)
    draft, mail, *_rest = TimeSession.objects.for_user(owner).order_by("start")
    services.edit_session(owner, WEB, draft.id, name="Mine")
    services.delete_session(owner, WEB, mail.id)
    services.empty_trash(owner, WEB)

    bring_in_export(stranger, export(owner))

    done = bring_in(stranger, TOGGL)
    assert (done.counts["created"], done.counts["edited"], done.counts["deleted"]) == (0, 1, 1)
    assert len(not_deleted(stranger)) == 3
    before = ImportIdentity.objects.count()
    bring_in_export(stranger, export(owner))
    assert ImportIdentity.objects.count() == before


def test_undo_of_the_move_frees_them(owner, stranger):
    bring_in(owner, TOGGL)
    summary = bring_in_export(stranger, export(owner))

    services.undo_changeset(stranger, WEB, summary.changeset_id)

    assert bring_in(stranger, TOGGL).counts["created"] == 4


def test_what_was_undone_is_not_in_it(owner):
    done = bring_in(owner, TOGGL)
    with zipfile.ZipFile(io.BytesIO(export(owner))) as archive:
        lines = [json.loads(line) for line in archive.read("identities.jsonl").splitlines()]
    assert {each["session_id"] for each in lines} == {str(each.id) for each in TimeSession.objects.for_user(owner)}

    services.undo_changeset(owner, WEB, done.changeset_id)

    with zipfile.ZipFile(io.BytesIO(export(owner))) as archive:
        assert "identities.jsonl" not in archive.namelist()


@pytest.mark.parametrize(
    "line", [b"{}", b"x", b'{"identity": "a b", "session_id": "0198aaaa-0000-7000-8000-000000000001"}']
)
def test_invalid_ones_are_said_with_their_line(owner, stranger, line):
    make_session(stranger, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
    content = io.BytesIO(export(stranger))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("identities.jsonl", b"\n" + line + b"\n")

    with pytest.raises(InvalidInputError, match=r"identities\.jsonl, line 2: "):
        bring_in_export(owner, content.getvalue())
    assert not TimeSession.objects.for_user(owner).exists()
