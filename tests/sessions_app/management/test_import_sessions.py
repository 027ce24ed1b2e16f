"""manage.py import_sessions, for operators"""

from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command

from sessions_app.imports.waiting import keep_files
from sessions_app.models import Import, ImportPiece, TimeSession
from tests.factories import make_account
from tests.sessions_app.imports.samples import TOGGL
from tests.sessions_app.services.states import NOW


@pytest.fixture
def account(db, clock):
    return make_account(timezone="Europe/Berlin")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "toggl.csv"
    path.write_text(TOGGL.replace("2026-03-02,11:00:00", "2026-03-02,25:99:00"))
    return path


def run(*arguments):
    out = StringIO()
    call_command("import_sessions", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("key", ["email", "id"])
def test_imports_for_the_user_with_that_address_or_id(account, file, key):
    told = run("--user", str(getattr(account, key)), str(file))

    assert "toggl.csv: Toggl Track" in told
    assert "toggl.csv, line 3:" in told
    assert "Imported 3 sessions, 3 h 30 min." in told
    assert TimeSession.objects.for_user(account).count() == 3
    assert "0 new sessions, 0 s; 3 here already, 1 rejected" in run("--user", account.email, str(file))


def test_dry_run_imports_nothing(account, file):
    assert "3 new sessions" in run("--user", account.email, "--dry-run", str(file))
    assert not TimeSession.objects.exists()


def test_says_what_may_be_wrong(account, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("id,start,stop,project,tags\n0123456,2026-03-02 09:00:00,2026-03-02 10:00:00,web,\n")

    assert "log.csv: Watson may print all times" in run("--user", account.email, "--dry-run", str(path))


def test_says_what_is_missing(account, file, tmp_path):
    ambiguous = tmp_path / "a.csv"
    ambiguous.write_text("Date,Start,End,Description\n03/02/2026,09:00,10:00,Draft\n")
    no_text = tmp_path / "a.pdf"
    no_text.write_bytes(b"%PDF-1.7 \x00\x01\x02\x03")

    for arguments, message in [
        (("--user", "nobody@example.org", str(file)), "There is no user"),
        (("--user", "nobody", str(file)), "There is no user"),
        (("--user", account.email, str(tmp_path / "none.csv")), "There is no file"),
        (("--user", account.email, str(ambiguous)), "Give --date-order: dmy, mdy"),
        (("--user", account.email, str(no_text)), "a.pdf: This is no text"),
    ]:
        with pytest.raises(CommandError, match=message):
            run(*arguments)
    assert "1 new sessions" in run("--user", account.email, "--date-order", "dmy", str(ambiguous))


def test_prune_trash_removes_files_that_waited_for_a_day(account, clock):
    keep_files(account, [("a.csv", BytesIO(TOGGL.encode()))], NOW)
    call_command("prune_trash", stdout=StringIO())
    assert ImportPiece.objects.count() == 1

    clock.move_to(NOW + timedelta(hours=25), tick=False)
    call_command("prune_trash", stdout=StringIO())

    assert (ImportPiece.objects.count(), Import.objects.count()) == (0, 0)
