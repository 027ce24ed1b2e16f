from datetime import timedelta
from functools import partial

import pytest
from django.core.management import call_command

from sessions_app import services
from sessions_app.models import Client, Project, Tag
from sessions_app.services import guests
from sessions_app.services.guests import prune_guests
from tests.factories import WEB, instant, make_account, make_guest, make_session
from users_app.models import AccessToken, BrowserSession, User
from users_app.services.feeds import issue_feed

NOW = instant("2026-11-23T09:00Z")
DAY = timedelta(days=1)
LONG_AGO = NOW - 31 * DAY


@pytest.fixture(autouse=True)
def clock(time_machine, db):
    time_machine.move_to(LONG_AGO, tick=False)
    return time_machine


def prune():
    return prune_guests(now=NOW)


def test_who_left_nothing_is_removed(db):
    make_guest()
    assert prune() == 1
    assert not User.objects.exists()


def test_after_30_days_and_not_before(db):
    make_guest()
    assert prune_guests(now=LONG_AGO + 30 * DAY) == 0
    assert prune_guests(now=LONG_AGO + 30 * DAY + timedelta(seconds=1)) == 1


def test_accounts_and_operators_stay(db):
    make_account()
    make_guest(is_staff=True)
    assert prune() == 0


@pytest.mark.parametrize("is_deleted", [False, True])
def test_sessions_stay_those_in_the_trash_too(db, is_deleted):
    user = make_guest()
    session = make_session(user, "2026-10-01T08:00:00Z", "2026-10-01T09:00:00Z")
    if is_deleted:
        services.delete_session(user, WEB, session.id)
    assert prune() == 0


@pytest.mark.parametrize(
    "write",
    [
        *(partial(services.create_entry, model=model, name="acme") for model in (Client, Project, Tag)),
        partial(services.save_report, name="all of it", query="group=day"),
        partial(services.share, page="report", query="period=month&group=day"),
    ],
)
def test_a_catalogue_a_report_or_a_share_stays(db, write):
    write(make_guest(), WEB)
    assert prune() == 0


@pytest.mark.parametrize("issue", [AccessToken.objects.issue, lambda user: issue_feed(user, "")])
@pytest.mark.parametrize(("used", "removed"), [(None, 1), (NOW - 31 * DAY, 1), (NOW - 29 * DAY, 0)])
def test_a_token_or_feed_stays_while_it_is_used(db, issue, used, removed):
    credential, _secret = issue(make_guest())
    type(credential).objects.update(last_used_at=used)
    assert prune() == removed


@pytest.mark.parametrize(("days", "removed"), [(31, 1), (29, 0)])
def test_a_browser_that_comes_back_stays(client, db, days, removed):
    client.force_login(make_guest())
    BrowserSession.objects.update(last_seen_at=NOW - days * DAY)
    assert prune() == removed


def test_a_session_that_begins_meanwhile_saves_the_guest(db, monkeypatch):
    user = make_guest()
    real, asked = guests._unused_guests, []

    def ask(now):
        asked.append(now)
        if len(asked) == 2:
            make_session(user, "2026-10-01T08:00:00Z", "2026-10-01T09:00:00Z")
        return real(now)

    monkeypatch.setattr(guests, "_unused_guests", ask)
    assert prune() == 0
    assert User.objects.filter(pk=user.pk).exists()


def test_the_command_goes_over_all_in_parts(client, clock, monkeypatch, capsys):
    monkeypatch.setattr(guests, "BATCH_SIZE", 2)
    for _number in range(5):
        make_guest()
    keeps = make_guest()
    make_session(keeps, "2026-10-01T08:00:00Z", "2026-10-01T09:00:00Z")
    client.force_login(keeps)
    BrowserSession.objects.update(expire_date=NOW - DAY)
    clock.move_to(NOW)

    call_command("prune_guests")

    assert "Removed guests: 5." in capsys.readouterr().out
    assert list(User.objects.all()) == [keeps]
    assert not BrowserSession.objects.exists()
