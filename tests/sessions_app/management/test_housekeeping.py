"""What is due once a day, in one command"""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from sessions_app import services
from sessions_app.management.commands import housekeeping
from sessions_app.models import TimeSession
from tests.factories import WEB, make_guest, make_session
from tests.pages import NOW
from timetracker.management.doctor import Finding
from users_app.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def whole(monkeypatch):
    """Nothing is wrong with the server, but for what a test changes. The test's own data cannot be copied by others."""
    monkeypatch.setattr(housekeeping, "examine", lambda: [Finding("Disk", "all is well")])
    monkeypatch.setattr(housekeeping, "quick_check", lambda path: "")


@pytest.fixture
def commands(monkeypatch):
    """The commands that are called instead of being run, in their order."""
    called = []
    monkeypatch.setattr(housekeeping, "call_command", lambda *arguments, **options: called.append(arguments))
    return called


def test_trash_and_guests_go(time_machine):
    time_machine.move_to(NOW - timedelta(days=40), tick=False)
    make_guest()
    user = make_guest()
    make_session(user, "2025-10-01T08:00", "2025-10-01T09:00")
    services.delete_session(user, WEB, make_session(user, "2025-10-02T08:00", "2025-10-02T09:00").pk)
    time_machine.move_to(NOW, tick=False)

    call_command("housekeeping")

    assert User.objects.get() == user
    assert TimeSession.objects.for_user(user).count() == 1


def test_a_backup_comes_first(commands):
    call_command("housekeeping", backup="/backup")

    assert commands == [("backup", "/backup"), ("prune_trash",), ("prune_guests",)]


def test_without_a_folder_there_is_none(commands):
    call_command("housekeeping")

    assert commands == [("prune_trash",), ("prune_guests",)]


def test_one_that_fails_does_not_keep_the_others(commands, monkeypatch, settings, capsys):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "timetracker.db.sqlite")
    monkeypatch.setattr(housekeeping, "quick_check", lambda path: "row 7 is missing")

    with pytest.raises(CommandError, match="Not all was done: look through the database"):
        call_command("housekeeping")
    assert commands == [("prune_trash",), ("prune_guests",)]
    assert "row 7 is missing" in capsys.readouterr().err


def test_it_says_what_is_wrong(commands, monkeypatch, capsys):
    monkeypatch.setattr(housekeeping, "examine", lambda: [Finding("Disk", "9 MB are free", "Make room.")])

    call_command("housekeeping")

    assert capsys.readouterr().out == "Disk: 9 MB are free. Make room.\n"
