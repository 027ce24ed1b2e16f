"""A guest's sessions in an account: all of them, once, and given back as they are then"""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from sessions_app import services
from sessions_app.models import (
    Change,
    Changeset,
    Client,
    ImportIdentity,
    Project,
    SavedReport,
    SessionTag,
    Share,
    Source,
    Tag,
    TimeSession,
)
from sessions_app.selectors.change_feed import read_change_feed
from sessions_app.selectors.sessions import find_running
from sessions_app.services.identities import store_identities
from tests.factories import WEB, make_account, make_guest, make_session, make_token, start_session
from tests.ownership import rows_of_all
from tests.sessions_app.services.states import NOW
from timetracker.errors import ConflictError, NotFoundError
from users_app.models import AccessToken, BrowserSession, CalendarFeed, MergedGuest, RecoveryCode, User
from users_app.services.feeds import issue_feed
from users_app.services.merged import aliases_of
from users_app.services.recovery import replace_code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

API = services.Actor(Source.API)


@pytest.fixture
def account():
    return make_account("mira@example.org", timezone="Europe/Berlin")


@pytest.fixture
def guest():
    return make_guest(timezone="Europe/Lisbon")


def fill(user, *, tags=("draft", "urgent"), project="Logo", client="Acme", day=20):
    """Two finished sessions, one of them with a project of a client and tags; one in the Trash."""
    client = services.create_entry(user, WEB, Client, name=client)
    made = services.create_entry(user, WEB, Project, name=project, client_id=client.id, hourly_rate=Decimal(80))
    start, end = f"2026-11-{day}T08:00:00Z", f"2026-11-{day}T09:30:00Z"
    session = make_session(user, start, end, "Sketches", project_id=made.id, tags=list(tags), billable=True)
    make_session(user, f"2026-11-{day}T23:30:00Z", f"2026-11-{day + 1}T01:00:00Z", "Late")
    trashed = make_session(user, start, end, "Trashed", project_id=made.id)
    services.delete_session(user, WEB, trashed.id)
    return session


def seconds(*users):
    sessions = [TimeSession.objects.for_user(user) for user in users]
    return sum(each.aggregate(total=Sum("duration_seconds"))["total"] or 0 for each in sessions)


def names_of(user, model, **conditions):
    return sorted(model.objects.filter(user=user, **conditions).values_list("name", flat=True))


def test_everything_is_brought_along(account, guest):
    fill(account)
    session = fill(guest, day=10)
    before = seconds(account, guest)

    merged = services.merge_guest(account, WEB, guest)

    assert (merged.session_count, seconds(account), seconds(guest)) == (3, before, 0)
    moved = TimeSession.objects.for_user(account).get(id=session.id)
    assert (moved.version, moved.timezone, moved.hourly_rate) == (session.version + 1, "Europe/Lisbon", 80)
    assert moved.project == Project.objects.get(user=account, deleted_at=None)
    assert {tag.deleted_at for tag in Tag.objects.filter(user=account, id__in=moved.tag_ids)} == {None}
    assert len(moved.tag_ids) == 2
    for model in (TimeSession, Client, Project, Tag, SessionTag):
        assert not model._default_manager.filter(user=guest).exists()


def test_entries_of_the_same_name_are_the_accounts(account, guest):
    fill(account, tags=["Draft"], project="LOGO", client="acmé")
    fill(guest, tags=["draft", "urgent"], project="logo", client="ACMÉ")

    merged = services.merge_guest(account, WEB, guest)

    assert names_of(account, Project, deleted_at=None) == ["LOGO"]
    assert names_of(account, Client, deleted_at=None) == ["acmé"]
    assert names_of(account, Tag, deleted_at=None) == ["Draft", "urgent"]
    assert names_of(account, Project, deleted_at__isnull=False) == ["logo"]
    assert len(merged.entries) == 3


def test_of_two_that_run_the_guests_ends(account, guest):
    start_session(account, "2026-11-23T09:00:00Z", "Mine")
    running = start_session(guest, "2026-11-23T08:00:00Z", "Theirs")

    services.merge_guest(account, WEB, guest)

    assert find_running(account).name == "Mine"
    ended = TimeSession.objects.for_user(account).get(id=running.id)
    assert (ended.end, ended.duration_seconds, str(ended.last_date)) == (NOW, 3600, "2026-11-23")


def test_one_that_runs_alone_runs_on(account, guest):
    running = start_session(guest, "2026-11-23T08:00:00Z")
    services.merge_guest(account, WEB, guest)
    assert find_running(account).id == running.id


def test_a_second_run_changes_nothing(account, guest):
    fill(guest)
    first = services.merge_guest(account, WEB, guest)
    before = rows_of_all()
    assert services.merge_guest(account, WEB, guest) == first
    assert rows_of_all() == before


def test_a_few_statements_bring_any_number_of_sessions(account):
    def count_statements(count):
        guest, day = make_guest(), NOW - timedelta(days=30)
        for number in range(count):
            start = day + timedelta(hours=number)
            make_session(guest, str(start), str(start + timedelta(minutes=30)), tags=["draft"])
        with CaptureQueriesContext(connection) as to_merge:
            merged = services.merge_guest(account, WEB, guest)
        assert TimeSession.objects.for_user(account).count() == merged.session_count == count
        with CaptureQueriesContext(connection) as to_undo:
            services.undo_changeset(account, WEB, merged.changeset_id)
        assert TimeSession.objects.for_user(guest).count() == count
        return len(to_merge), len(to_undo)

    assert count_statements(30) == count_statements(3)


def test_changes_have_the_rows_as_they_were_and_are(account, guest):
    fill(account, tags=["draft"])
    fill(guest, day=10)
    start_session(account, "2026-11-23T09:00:00Z", "Mine")
    start_session(guest, "2026-11-23T08:00:00Z", "Theirs", note='"Quoted"\nand Ünïcode', tags=["draft"])

    merged = services.merge_guest(account, WEB, guest)

    moved = snapshots_of(account, made_by=merged.changeset_id)
    assert states_of(account, "after", merged.changeset_id) == moved
    lasting = [UUID(each) for each, state in moved.items() if state["deleted_at"] is None]
    services.edit_sessions(account, WEB, lasting, tags=["later"])
    before = snapshots_of(account, made_by=merged.changeset_id)
    undone = services.undo_changeset(account, WEB, merged.changeset_id)
    assert states_of(account, "before", undone.undone_by) == before
    assert states_of(account, "after", undone.undone_by) == dict.fromkeys(before)
    given = Changeset.objects.filter(user=guest).latest("revision")
    assert states_of(guest, "after", given.id) == {
        str(session.id): session.snapshot() for session in TimeSession.objects.for_user(guest)
    }
    assert len(moved) == given.count - Change.objects.filter(changeset=given).exclude(kind="session").count() == 4


def snapshots_of(user, *, made_by):
    written = Change.objects.filter(user=user, changeset=made_by).values("object_id")
    return {str(each.id): each.snapshot() for each in TimeSession.objects.for_user(user).filter(id__in=written)}


def states_of(user, name, changeset_id):
    changes = Change.objects.filter(user=user, changeset=changeset_id, kind="session")
    return {str(each.object_id): getattr(each, name) for each in changes}


def test_two_tags_of_one_name_go_back_as_one(account, guest):
    make_session(account, "2026-11-01T08:00:00Z", "2026-11-01T09:00:00Z", tags=["Draft"])
    session = fill(guest, tags=["draft"])
    merged = services.merge_guest(account, WEB, guest)
    Tag.objects.filter(user=account, name="Draft").update(deleted_at=NOW)
    again = services.create_entry(account, WEB, Tag, name="DRAFT")
    SessionTag.objects.create(user=account, session_id=session.id, tag=again)

    services.undo_changeset(account, WEB, merged.changeset_id)

    (tag,) = Tag.objects.filter(user=guest)
    assert (tag.name, TimeSession.objects.for_user(guest).get(id=session.id).tag_ids) == ("draft", (tag.id,))


def test_scripts_find_the_moved_rows(account, guest):
    cursor = read_change_feed(account, after=None, limit=100).cursor
    session = fill(guest)
    merged = services.merge_guest(account, WEB, guest)

    page = read_change_feed(account, after=cursor, limit=100)

    assert session.id in {row.id for row in page.changed}
    assert {change.action for change in Change.objects.filter(changeset=merged.changeset_id)} == {"merge"}
    assert Changeset.objects.get(id=merged.changeset_id).undoable_until == NOW + timedelta(days=7)
    account.refresh_from_db()
    assert account.revision == Changeset.objects.get(id=merged.changeset_id).revision


@pytest.mark.parametrize("who", ["an account", "the same", "merged elsewhere", "gone"])
def test_who_cannot_be_merged(account, guest, who):
    fill(guest)
    if who == "merged elsewhere":
        services.merge_guest(make_account("other@example.org"), WEB, guest)
    if who == "gone":
        guest.delete()
    source = {"an account": make_account("third@example.org"), "the same": account}.get(who, guest)
    before = rows_of_all()
    with pytest.raises((NotFoundError, ConflictError)):
        services.merge_guest(account, WEB, source)
    assert rows_of_all() == before


# Scripts


def test_tokens_feeds_and_addresses_of_the_guest_go_on(account, guest, client):
    token, (_feed, feed) = make_token(guest), issue_feed(guest)
    session = fill(guest)
    replace_code(guest, now=NOW)
    services.merge_guest(account, WEB, guest)

    for user_id in (guest.pk, account.pk, "me"):
        path = f"/v1/users/{user_id}/sessions/{session.id}"
        assert client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert "Sketches" in b"".join(client.get(f"/feeds/{feed}.ics")).decode()
    assert not RecoveryCode.objects.filter(user=guest).exists()
    strangers = make_token(make_account("other@example.org"))
    path = f"/v1/users/{guest.pk}/sessions"
    assert client.get(path, headers={"Authorization": f"Bearer {strangers}"}).status_code == 404


def test_requests_of_before_are_recognised(account, guest, client):
    headers = {"Authorization": f"Bearer {make_token(guest)}", "Idempotency-Key": "once-and-only"}
    path, body = f"/v1/users/{guest.pk}/timer/start", {"sessionName": "Logo"}
    first = client.post(path, body, content_type="application/json", headers=headers)
    services.merge_guest(account, WEB, guest)

    again = client.post(path, body, content_type="application/json", headers=headers)

    assert again["Idempotency-Replayed"] == "true"
    assert again.json()["started"]["id"] == first.json()["started"]["id"]
    assert TimeSession.objects.for_user(account).count() == 1


# Undo


def test_undo_gives_the_rows_back_as_they_are_now(account, guest):
    fill(account)
    session = fill(guest, day=10)
    token = make_token(guest)
    merged = services.merge_guest(account, WEB, guest)
    services.edit_session(account, WEB, session.id, name="Renamed")
    before = seconds(account)

    undone = services.undo_changeset(account, WEB, merged.changeset_id)

    assert undone.guest == guest
    assert seconds(account, guest) == before
    given = TimeSession.objects.for_user(guest).get(id=session.id)
    assert given.name == "Renamed"
    assert (given.project.name, given.project.client.name) == ("Logo", "Acme")
    assert names_of(guest, Tag, deleted_at=None) == ["draft", "urgent"]
    assert len(given.tag_ids) == 2
    assert names_of(account, Project) == ["Logo"]
    assert TimeSession.objects.for_user(account).count() == 3
    guest.refresh_from_db()
    assert guest.is_active
    assert AccessToken.find(token).user == guest
    feed = read_change_feed(account, after=None, limit=100)
    assert session.id in {each.id for each in feed.deleted}
    assert session.id in {row.id for row in read_change_feed(guest, after=None, limit=100).changed}


def test_entries_that_the_account_uses_stay_and_are_copied(account, guest):
    session = fill(guest)
    merged = services.merge_guest(account, WEB, guest)
    moved = TimeSession.objects.for_user(account).get(id=session.id)
    later = make_session(
        account, "2026-11-01T08:00:00Z", "2026-11-01T09:00:00Z", project_id=moved.project_id, tags=["urgent"]
    )

    services.undo_changeset(account, WEB, merged.changeset_id)

    assert TimeSession.objects.for_user(account).get(id=later.id).project.name == "Logo"
    given = TimeSession.objects.for_user(guest).get(id=session.id)
    assert given.project.name == "Logo"
    assert given.project_id != later.project_id
    assert given.project.client.name == "Acme"
    assert names_of(guest, Tag) == ["draft", "urgent"]


def test_undo_ends_after_seven_days(account, guest, clock):
    fill(guest)
    merged = services.merge_guest(account, WEB, guest)
    clock.move_to(NOW + timedelta(days=7, seconds=-1))
    prune()
    assert User.objects.filter(pk=guest.pk).exists()
    clock.move_to(NOW + timedelta(days=7))
    with pytest.raises(NotFoundError):
        services.undo_changeset(account, WEB, merged.changeset_id)
    prune()
    assert not User.objects.filter(pk=guest.pk).exists()
    assert TimeSession.objects.for_user(account).count() == 3


def test_a_guest_with_a_guest_comes_along_once_that_cannot_be_undone_any_more(account, guest, clock):
    first = make_guest()
    session = fill(first)
    services.merge_guest(guest, WEB, first)
    with pytest.raises(ConflictError) as raised:
        services.merge_guest(account, WEB, guest)
    assert raised.value.code == "merged_lately"
    clock.move_to(NOW + timedelta(days=7))
    prune()

    merged = services.merge_guest(account, WEB, guest)

    assert TimeSession.objects.get(id=session.id).user == account
    assert set(aliases_of(account)) == {first.pk, guest.pk}
    assert [each.id for each in services.undoable_changesets(account, now=NOW)] == [merged.changeset_id]
    services.undo_changeset(account, WEB, merged.changeset_id)
    assert (aliases_of(account), aliases_of(guest)) == ([], [first.pk])


def prune():
    call_command("prune_guests", stdout=StringIO())


def test_after_six_days_it_is_still_undone_and_once_only(account, guest, clock):
    fill(guest)
    merged = services.merge_guest(account, WEB, guest)
    clock.move_to(NOW + timedelta(days=6))
    services.undo_changeset(account, WEB, merged.changeset_id)
    with pytest.raises(NotFoundError, match="undone already, or too old"):
        services.undo_changeset(account, WEB, merged.changeset_id)
    assert TimeSession.objects.for_user(guest).count() == 3


def test_what_was_undone_is_not_offered_again_and_may_be_merged_again(account, guest):
    fill(guest)
    merged = services.merge_guest(account, WEB, guest)
    assert [each.id for each in services.undoable_changesets(account, now=NOW)] == [merged.changeset_id]
    services.undo_changeset(account, WEB)
    assert services.undoable_changesets(account, now=NOW) == []
    again = services.merge_guest(account, WEB, guest)
    assert again.pk != merged.pk
    assert TimeSession.objects.for_user(account).count() == 3


def test_scripts_do_not_undo_a_merge(account, guest):
    fill(guest)
    services.merge_guest(account, WEB, guest)
    with pytest.raises(NotFoundError):
        services.undo_changeset(account, API)
    assert TimeSession.objects.for_user(account).count() == 3


# Whole or not at all


class KilledError(Exception):
    pass


def test_a_merge_that_is_killed_leaves_nothing(account, guest):
    """Whichever of its statements is the last."""
    fill(account)
    fill(guest, day=10)
    start_session(account, "2026-11-23T09:00:00Z", "Mine")
    start_session(guest, "2026-11-23T08:00:00Z", "Theirs")
    before = rows_of_all()

    def merge_until(kill_at):
        """Merges up to a statement, or all but the end of the transaction; returns the statements."""
        statements = []

        def wrapper(execute, sql, params, many, context):
            statements.append(sql)
            if len(statements) == kill_at:
                raise KilledError
            return execute(sql, params, many, context)

        with suppress(KilledError), transaction.atomic(), connection.execute_wrapper(wrapper):
            services.merge_guest(account, WEB, guest)
            raise KilledError
        return statements

    whole = merge_until(None)
    assert len(whole) > 40
    assert rows_of_all() == before
    for kill_at, statement in enumerate(whole, 1):
        assert len(merge_until(kill_at)) >= kill_at  # and what takes it back
        assert rows_of_all() == before, statement

    services.merge_guest(account, WEB, guest)
    assert TimeSession.objects.for_user(account).filter(end=None).count() == 1
    assert TimeSession.objects.for_user(account).count() == 8


def test_identities_of_imports_come_along_and_go_back(account, guest):
    ours, theirs = (make_session(user, "2026-03-20T08:00Z", "2026-03-20T09:00Z") for user in (account, guest))
    store_identities(account, [(["a"], ours.id)])
    store_identities(guest, [(["a", "b"], theirs.id)])

    merged = services.merge_guest(account, WEB, guest)

    held = ImportIdentity.objects.filter(user=account, is_freed=False)
    assert set(held.values_list("identity", "session_id")) == {("a", ours.id), ("b", theirs.id)}
    assert not ImportIdentity.objects.filter(user=guest).exists()

    services.undo_changeset(account, WEB, merged.changeset_id)

    assert set(ImportIdentity.objects.filter(user=account).values_list("identity", flat=True)) == {"a"}
    assert ImportIdentity.objects.filter(user=guest, identity="b", is_freed=False).exists()


def test_saved_reports_come_along_with_the_entries_that_stand_for_theirs_and_go_back(account, guest):
    ours, theirs = fill(account), fill(guest, day=10)
    services.save_report(account, WEB, name="Week", query="group=day", is_default=True)
    query = f"project={theirs.project_id}&q=a+b&tag=none"
    saved = services.save_report(guest, WEB, name="Logo", query=query, is_default=True)
    share = Share.objects.create(
        user=guest, name="For Acme", page="report", query=query, created_at=NOW, updated_at=NOW, secret_hash="x"
    )

    merged = services.merge_guest(account, WEB, guest)

    brought = SavedReport.objects.get(user=account, id=saved.id)
    assert brought.query == query.replace(str(theirs.project_id), str(ours.project_id))
    assert (brought.is_default, brought.version) == (False, 2)
    assert Share.objects.get(user=account).query == brought.query
    assert Share.objects.get(user=account).secret_hash == "x"
    assert not SavedReport.objects.filter(user=guest).exists()

    services.undo_changeset(account, WEB, merged.changeset_id)

    assert SavedReport.objects.get(user=guest).query == query
    assert Share.objects.get(user=guest).id == share.id
    assert [each.name for each in SavedReport.objects.filter(user=account)] == ["Week"]


# Whatever belongs to a user is thought of here

BROUGHT = {
    TimeSession, Client, Project, Tag, SessionTag, SavedReport, Share, AccessToken, CalendarFeed, ImportIdentity,
}  # fmt: skip
STAYS = {
    "users_app.BrowserSession": "ended",
    "users_app.RecoveryCode": "ended",
    "users_app.MergedGuest": "brought once it cannot be undone any more",
    "users_app.Notice": "guests have none",
    "users_app.SignInLink": "guests have none",
    "sessions_app.Changeset": "the history of the guest, for 7 days",
    "sessions_app.Change": "the history of the guest, for 7 days",
    "sessions_app.Import": "its files wait for a day at most",
    "sessions_app.ImportPiece": "its files wait for a day at most",
    "account.EmailAddress": "guests have none",
    "mfa.Authenticator": "a passkey of the guest opens nothing any more",
}


def test_every_model_of_a_users_data_is_brought_or_stays_for_a_reason():
    models = {
        model
        for model in apps.get_models()
        if any(field.related_model is User for field in model._meta.concrete_fields) and not model._meta.auto_created
    }
    others = {model._meta.label for model in models - BROUGHT if model._meta.app_label != "admin"}
    assert others == set(STAYS)


def test_browsers_of_the_guest_end(account, guest, client):
    client.force_login(guest)
    services.merge_guest(account, WEB, guest)
    assert not BrowserSession.objects.filter(user=guest).exists()
    assert MergedGuest.objects.get().guest_id == guest.pk
    assert client.post("/timer/start/", {"id": str(uuid4()), "name": "x"}).status_code == 303
    assert not TimeSession.objects.for_user(guest).exists()
