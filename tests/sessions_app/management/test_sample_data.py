"""Sample data: what is planned is believable at any hour, and the command adds it by the services."""

from datetime import datetime, timedelta
from io import StringIO
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from sessions_app import services
from sessions_app.management import sample_data
from sessions_app.management.commands.sample_data import EMAIL, PASSWORD
from sessions_app.management.sample_data import PHONE_CALL, RELEASE, RUNNING_FOR, TALK, sample_sessions
from sessions_app.models import Change, Changeset, Client, Project, Source, Tag, TimeSession
from tests.factories import WEB, make_account, make_session
from users_app.models import User

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 26, 15, 0, tzinfo=BERLIN)
ODD_INSTANTS = [
    datetime(2026, 11, 23, 0, 5, tzinfo=BERLIN),
    datetime(2026, 12, 31, 23, 55, tzinfo=BERLIN),
    datetime(2028, 2, 29, 12, 0, tzinfo=BERLIN),
    datetime(2026, 3, 29, 3, 30, tzinfo=BERLIN),
    datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1),
    datetime(2026, 11, 22, 8, 0, tzinfo=ZoneInfo("Pacific/Apia")),
]


class TestPlan:
    @pytest.mark.parametrize("now", ODD_INSTANTS, ids=str)
    def test_is_believable_at_any_hour(self, now):
        sessions = sample_sessions(now, now.tzinfo, seed=1)

        assert all(each.start < each.end <= now - RUNNING_FOR for each in sessions)
        assert len({each.start.astimezone(now.tzinfo).date() for each in sessions}) >= 24
        assert 100 < len(sessions) < 250
        assert sessions[0].start > now - timedelta(days=37)
        assert {RELEASE, PHONE_CALL, TALK} <= {each.activity for each in sessions}

    def test_is_the_same_for_the_same_seed(self):
        assert sample_sessions(NOW, BERLIN, seed=1) == sample_sessions(NOW, BERLIN, seed=1)
        assert sample_sessions(NOW, BERLIN, seed=1) != sample_sessions(NOW, BERLIN, seed=2)

    def test_a_week_later_has_the_same_past(self):
        unusual = {RELEASE, PHONE_CALL, TALK}
        usual = {each for each in sample_sessions(NOW, BERLIN, seed=1) if each.activity not in unusual}
        later = sample_sessions(NOW + timedelta(days=7), BERLIN, seed=1)

        assert len(usual & set(later)) > len(usual) / 2

    def test_has_one_over_a_midnight_and_one_overlap(self):
        sessions = sample_sessions(NOW, BERLIN, seed=1)

        crossing = [
            each for each in sessions
            if each.start.astimezone(BERLIN).date() != each.end.astimezone(BERLIN).date()
        ]  # fmt: skip
        assert [each.activity for each in crossing] == [RELEASE]
        overlapping = [second.activity for first, second in pairwise(sessions) if second.start < first.end]
        assert overlapping == [PHONE_CALL]

    def test_names_only_projects_that_there_are(self):
        used = {each.project for each in (*sample_data.ACTIVITIES, TALK)} - {""}

        assert used == sample_data.PROJECTS.keys()
        assert {each.client for each in sample_data.PROJECTS.values()} - {""} == sample_data.CLIENTS.keys()


def run(**options):
    output = StringIO()
    call_command("sample_data", stdout=output, **options)
    return output.getvalue()


@pytest.fixture
def few(monkeypatch):
    """Two weeks are enough here."""
    monkeypatch.setattr(sample_data, "WEEKS", 2)


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
class TestCommand:
    @pytest.fixture(autouse=True)
    def now(self, time_machine):
        time_machine.move_to(NOW, tick=False)

    def test_makes_a_user_who_can_sign_in(self, client, settings):
        settings.DEBUG = True

        said = run()

        user = User.objects.get_by_natural_key(EMAIL)
        assert f"/admin/ as {EMAIL} with the password: {PASSWORD}\n" in said
        response = client.post("/signin/", {"login": EMAIL, "password": PASSWORD})
        assert response["Location"] == "/"
        page = client.get("/").content.decode()
        assert "Stop" in page
        assert str(user.timezone) == "Europe/Berlin"

    def test_adds_everything_by_the_services(self, settings):
        settings.DEBUG = True

        run()

        user = User.objects.get_by_natural_key(EMAIL)
        sessions = TimeSession.objects.for_user(user)
        assert {model: model.objects.for_user(user).count() for model in (Client, Project, Tag)} == {
            Client: 3, Project: 6, Tag: 5
        }  # fmt: skip
        assert NOW - sessions.running().get().start == RUNNING_FOR
        assert sessions.filter(deleted_at__isnull=False).count() == 1
        assert set(sessions.filter(billable=True).values_list("currency", flat=True)) == {"EUR", "USD"}
        created = Change.objects.filter(user=user, action=Change.Action.CREATE, kind=TimeSession.KIND)
        assert created.count() == sessions.count() - 1
        assert set(Changeset.objects.values_list("source", flat=True)) == {Source.WEB}

    def test_adds_to_a_user_who_is_there(self):
        account = make_account("mira@example.org", timezone="Asia/Tokyo")

        assert "Sign in" not in run(email="Mira@example.org")

        session = TimeSession.objects.for_user(account).first()
        assert (session.timezone, User.objects.count()) == ("Asia/Tokyo", 1)

    def test_adds_nothing_to_what_a_user_has(self):
        account = make_account("mira@example.org")
        services.delete_session(account, WEB, make_session(account, "2026-11-20T10:00Z", "2026-11-20T11:00Z").pk)

        with pytest.raises(CommandError, match=r"^mira@example\.org has sessions already\. Name another user with --e"):
            run(email="mira@example.org")

        assert (TimeSession.objects.for_user(account).count(), Client.objects.count()) == (1, 0)

    def test_makes_nobody_with_a_known_password_on_a_real_server(self):
        with pytest.raises(CommandError, match=r"^There is no user .* Name one with --email, or set DEBUG=on"):
            run()

        assert not User.objects.exists()

    def test_names_a_wrong_zone(self, settings):
        settings.DEBUG = True

        with pytest.raises(CommandError, match="“Mars/Base” is not a time zone"):
            run(timezone="Mars/Base")
