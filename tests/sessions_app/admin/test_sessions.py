"""Sessions in the admin."""

import re
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.contrib.admin.models import LogEntry

from sessions_app import services
from sessions_app.admin.sessions import SessionForm, TimeSessionAdmin
from sessions_app.models import Change, Source, TimeSession
from tests.admin import SESSIONS, fields_in_error
from tests.factories import WEB, make_account, make_guest, make_session, start_session
from tests.query_plans import queries_of
from timetracker import admin_lists

TEN = "2026-11-20T10:00:00Z"
ELEVEN = "2026-11-20T11:00:00Z"
CREATED = (
    "name: – → Draft<br>start: – → 2026-11-20 10:00:00<br>end: – → 2026-11-20 11:00:00<br>"
    "time zone: – → Europe/Berlin<br>"
)
BAD_ZONE = "“Mars/Base” is not a time zone. Use an IANA name such as Europe/Berlin."


@pytest.fixture
def session(owner) -> TimeSession:
    return make_session(owner, TEN, ELEVEN, "Draft")


def change_page(session: TimeSession) -> str:
    return f"{SESSIONS}{session.pk}/change/"


def all_fields(session: TimeSession) -> dict[str, object]:
    return TimeSession.objects.filter(pk=session.pk).values().get()


# Looking


def test_the_list_shows_sessions_in_words(operator, owner, session):
    start_session(owner, "2026-11-20T12:00:00Z", "Call")
    page = operator.get(SESSIONS).content.decode()
    for text in ("Draft", "Owner", "2026-11-20 10:00:00", "2026-11-20 11:00:00", "1:00", "Start (UTC)"):
        assert text in page
    assert "running</td>" in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"Draft", "Call", "Old"}),
        ("?state=running", {"Call"}),
        ("?state=finished", {"Draft"}),
        ("?state=trash", {"Old"}),
        ("?source__exact=api", set()),
        ("?source__exact=web", {"Draft", "Call", "Old"}),
        ("?start__year=2026&start__month=11&start__day=20", {"Draft", "Call"}),
        ("?start__gte=2026-11-20 00:00:00%2B00:00", {"Draft", "Call"}),
        ("?q=raf", {"Draft"}),
        ("?q=mira@example.org", {"Call"}),
    ],
)
def test_the_list_is_searched_and_filtered(operator, owner, session, query, names):
    start_session(make_account("mira@example.org"), "2026-11-20T12:00:00Z", "Call")
    old = make_session(owner, "2026-10-01T10:00:00Z", "2026-10-01T11:00:00Z", "Old")
    services.delete_session(owner, WEB, old.pk)
    response = operator.get(SESSIONS + query)
    assert {session.name for session in response.context["cl"].result_list} == names


def test_a_session_is_found_by_its_id_and_by_that_of_its_user(operator, owner, session):
    make_session(make_guest(), TEN, ELEVEN)
    for wanted in (session.pk, owner.pk, f" {session.pk.hex} "):
        response = operator.get(SESSIONS, {"q": str(wanted)})
        assert [found.pk for found in response.context["cl"].result_list] == [session.pk]
    assert operator.get(SESSIONS, {"q": str(uuid4())}).context["cl"].result_count == 0


def test_the_newest_come_first(operator, owner, session):
    later = make_session(owner, "2026-11-01T10:00:00Z", "2026-11-01T11:00:00Z")
    assert [found.pk for found in operator.get(SESSIONS).context["cl"].result_list] == [later.pk, session.pk]


def test_more_rows_take_no_more_queries(operator):
    for number in range(5):
        make_session(make_guest(), TEN, ELEVEN, f"Task {number}")
    operator.get(SESSIONS)  # the first page of a day renews the cookie
    few = len(queries_of(lambda: operator.get(SESSIONS)))
    for number in range(45):
        make_session(make_guest(), TEN, ELEVEN, f"Task {number}")
    assert len(queries_of(lambda: operator.get(SESSIONS))) == few
    assert operator.get(SESSIONS).content.count(b'name="_selected_action"') == 50


def test_a_long_list_is_counted_to_its_limit_and_says_so(operator, owner, monkeypatch):
    monkeypatch.setattr(admin_lists, "MAX_LISTED", 2)
    for day in ("17", "18", "19"):
        make_session(owner, f"2026-11-{day}T10:00:00Z", f"2026-11-{day}T11:00:00Z")
    response = operator.get(SESSIONS)
    assert response.context["cl"].result_count == 2
    assert "The newest 2 sessions. Search or filter to see others." in response.content.decode()
    assert "All dates" not in response.content.decode()
    assert operator.get(SESSIONS, {"start__year": 2026}).context["cl"].date_hierarchy == "start"
    assert operator.get(SESSIONS, {"state": "running"}).context["cl"].title == "Select session to change"


def test_no_list_counts_the_whole_table(operator, session):
    for query in queries_of(lambda: operator.get(SESSIONS)):
        assert "COUNT(" not in query or "LIMIT 10000" in query


def test_times_are_those_of_utc_wherever_the_operator_is(operator, session):
    page = operator.get(change_page(session)).content.decode()
    assert 'value="10:00:00"' in page
    assert "All times are in UTC." in page


def test_a_session_shows_its_history(operator, owner, session):
    services.edit_session(owner, WEB, session.pk, name="<b>Letter</b>", billable=True)
    operator.submit(change_page(session), end_1="11:30:00")
    page = operator.get(change_page(session)).content.decode()
    rows = re.findall(r"<tr><td>(.*?)</td></tr>", page)
    assert [row.split("</td><td>")[1:] for row in rows] == [
        ["admin: operator@example.org", "changed", "end: 2026-11-20 11:00:00 → 2026-11-20 11:30:00<br>"],
        ["web", "changed", "name: Draft → &lt;b&gt;Letter&lt;/b&gt;<br>billable: no → yes<br>"],
        [
            "web",
            "added",
            CREATED,
        ],
    ]


def test_a_session_in_the_trash_is_only_looked_at(operator, owner, session):
    services.delete_session(owner, WEB, session.pk)
    page = operator.get(change_page(session))
    assert b'name="_save"' not in page.content
    assert b"View session" in page.content
    assert operator.get(f"{SESSIONS}{session.pk}/delete/").status_code == 403


@pytest.mark.parametrize("path", ["", "add/", "{id}/change/", "{id}/history/", "{id}/delete/"])
def test_every_page_answers(operator, session, path):
    assert operator.get(SESSIONS + path.format(id=session.pk)).status_code == 200


@pytest.mark.parametrize("path", ["", "add/", "{id}/change/", "{id}/history/", "{id}/delete/"])
def test_only_operators_get_in(client, owner, session, path):
    client.force_login(owner)
    response = client.get(SESSIONS + path.format(id=session.pk))
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("path", ["", "add/", "{id}/change/", "{id}/history/", "{id}/delete/"])
def test_pages_need_nothing_the_content_security_policy_forbids(operator, session, path):
    response = operator.get(SESSIONS + path.format(id=session.pk))
    assert "unsafe" not in response["Content-Security-Policy"]
    assert not re.search(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son\w+=", response.content.decode()
    )


# Writing


def test_an_edit_goes_by_the_service(operator, owner, session):
    response = operator.submit(change_page(session), name=" Letter ", end_1="12:30:00", billable="on")
    assert response.status_code == 302
    session.refresh_from_db()
    assert (session.name, session.duration_seconds, session.billable, session.version) == ("Letter", 9_000, True, 2)
    change = Change.objects.latest("id")
    assert (change.user, change.object_id, change.changeset.source, change.changeset.operator, change.action) == (
        owner, session.pk, Source.ADMIN, operator.user, Change.Action.EDIT,
    )  # fmt: skip
    assert (change.before["end"], change.after["end"]) == ("2026-11-20T11:00:00+00:00", "2026-11-20T12:30:00+00:00")


def test_a_changed_zone_changes_the_days(operator, session):
    operator.submit(change_page(session), end_1="16:00:00", timezone="Asia/Tokyo")
    session.refresh_from_db()
    assert (str(session.first_date), str(session.last_date)) == ("2026-11-20", "2026-11-21")


def test_saving_what_was_not_changed_changes_nothing(operator, session):
    before = all_fields(session)
    assert operator.submit(change_page(session)).status_code == 302
    assert all_fields(session) == before
    assert Change.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"end_1": "09:00:00"}, "end", "The end is not after the start. Give a later end."),
        ({"end_0": "2027-01-20"}, "end", "This is longer than 31 days. Give an earlier end."),
        ({"start_0": "1969-12-31"}, "start", "The start is before 1970. Give a later one."),
        ({"start_0": "", "start_1": ""}, "start", "This field is required."),
        ({"end_1": "noon"}, "end", "Enter a valid time."),
        ({"name": "a\x07b"}, "name", "Control characters cannot be kept. Leave them out."),
        ({"name": "n" * 201}, "name", "Ensure this value has at most 200 characters (it has 201)."),
        ({"timezone": "Mars/Base"}, "timezone", BAD_ZONE),
        ({"timezone": ""}, "timezone", "This field is required."),
        ({"seen_version": None}, "seen_version", "This field is required."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field(operator, session, changes, field, message):
    before = all_fields(session)
    response = operator.submit(change_page(session), **changes)
    assert message in fields_in_error(response)[field]
    assert message in response.content.decode()
    assert all_fields(session) == before
    assert not LogEntry.objects.exists()


def test_a_form_is_validated_once(operator, session, monkeypatch):
    validated = []

    def clean(form):
        validated.append(form)
        original(form)

    original = SessionForm.clean
    monkeypatch.setattr(SessionForm, "clean", clean)
    assert fields_in_error(operator.submit(change_page(session), end_1="09:00:00"))
    assert len(validated) == 1


def test_what_fails_after_the_write_takes_it_back(operator, session, monkeypatch):
    def fail(*args):
        raise RuntimeError

    before = all_fields(session)
    monkeypatch.setattr(TimeSessionAdmin, "log_change", fail)
    with pytest.raises(RuntimeError):
        operator.submit(change_page(session), name="Lost")
    assert all_fields(session) == before
    assert Change.objects.count() == 1


def test_a_form_that_is_out_of_date_changes_nothing(operator, owner, session):
    services.edit_session(owner, WEB, session.pk, note="In the meantime")
    response = operator.submit(change_page(session), seen_version="1", name="Lost")
    assert fields_in_error(response) == {
        "__all__": ["This was changed in the meantime. Read it again, then repeat the change."]
    }
    session.refresh_from_db()
    assert (session.name, session.version) == ("Draft", 2)


def test_a_session_that_went_to_the_trash_in_the_meantime_is_not_changed(operator, owner, session):
    data = {"seen_version": "2", "name": "Late", "start_0": "2026-11-20", "start_1": "10:00", "timezone": "UTC"}
    services.delete_session(owner, WEB, session.pk)
    response = operator.post(change_page(session), data)
    assert fields_in_error(response) == {
        "__all__": ["This session is in the Trash. Restore it first, or use another id."]
    }


def test_a_second_running_session_is_an_error_of_the_end(operator, owner, session):
    start_session(owner, "2026-11-20T12:00:00Z")
    response = operator.submit(change_page(session), end_0="", end_1="")
    assert fields_in_error(response) == {"end": ["Another session is running. Stop it first, or give an end."]}


def test_a_session_stays_with_its_user(operator, owner, stranger, session):
    page = operator.get(change_page(session)).content.decode()
    assert 'name="user"' not in page
    operator.submit(change_page(session), user=str(stranger.pk), name="Moved")
    session.refresh_from_db()
    assert (session.user, session.name) == (owner, "Moved")


def new_session(owner, **changes):
    data = {"user": str(owner.pk), "name": "New", "note": "", "start_0": "2026-11-20", "start_1": "10:00:00"}
    return {**data, "end_0": "2026-11-20", "end_1": "11:00:00", "timezone": "", **changes}


def test_a_session_is_added_in_the_zone_of_its_user(operator, owner):
    response = operator.post(f"{SESSIONS}add/", new_session(owner))
    assert response.status_code == 302
    session = TimeSession.objects.for_user(owner).get()
    assert (session.name, session.timezone, session.duration_seconds) == ("New", "Europe/Berlin", 3_600)
    assert (session.source, session.start) == (Source.ADMIN, datetime(2026, 11, 20, 10, tzinfo=UTC))
    change = Change.objects.get()
    assert (change.action, change.before, change.changeset.operator) == (Change.Action.CREATE, None, operator.user)


def test_a_session_added_without_an_end_runs(operator, owner):
    data = new_session(owner, end_0="", end_1="")
    operator.post(f"{SESSIONS}add/", data)
    running = TimeSession.objects.for_user(owner).running().get()
    response = operator.post(f"{SESSIONS}add/", data)
    assert fields_in_error(response) == {"end": ["Another session is running. Stop it first, or give an end."]}
    assert TimeSession.objects.for_user(owner).get() == running


def test_an_added_session_needs_a_user_and_an_end_after_its_start(operator, owner):
    assert "user" in fields_in_error(operator.post(f"{SESSIONS}add/", new_session(owner, user="")))
    response = operator.post(f"{SESSIONS}add/", new_session(owner, end_1="10:00:00"))
    assert fields_in_error(response) == {"end": ["The end is not after the start. Give a later end."]}
    assert not TimeSession.objects.for_user(owner).exists()


def test_the_user_of_a_new_session_is_found_by_typing(operator, owner):
    answer = operator.get(
        "/admin/autocomplete/",
        {"app_label": "sessions_app", "model_name": "timesession", "field_name": "user", "term": "own"},
    )
    assert answer.json()["results"] == [{"id": str(owner.pk), "text": str(owner)}]


def test_deleting_moves_to_the_trash(operator, owner, session):
    page = operator.get(f"{SESSIONS}{session.pk}/delete/").content.decode()
    assert "Move the session “Draft” to the Trash?" in page
    assert "will be deleted" not in page
    response = operator.post(f"{SESSIONS}{session.pk}/delete/", {"post": "yes"})
    assert response.status_code == 302
    session.refresh_from_db()
    assert session.deleted_at is not None
    change = Change.objects.latest("id")
    assert (change.action, change.changeset.source, change.changeset.operator) == (
        Change.Action.DELETE,
        Source.ADMIN,
        operator.user,
    )


def act(operator, action, *sessions, **data):
    form = {"action": action, "_selected_action": [str(session.pk) for session in sessions], **data}
    return operator.post(SESSIONS, form, follow=True).content.decode()


def test_several_are_moved_to_the_trash_and_restored(operator, owner, session):
    running = start_session(owner, "2026-11-20T12:00:00Z")
    assert "2 sessions were changed." in act(operator, "delete_selected", session, running)
    assert not TimeSession.objects.for_user(owner).not_deleted().exists()
    assert "2 sessions were changed." in act(operator, "restore_selected", session, running)
    assert TimeSession.objects.for_user(owner).not_deleted().filter(end__isnull=False).count() == 2
    actions = list(Change.objects.order_by("id").values_list("action", "changeset__operator")[2:])
    assert actions == [("delete", operator.user.pk)] * 2 + [("restore", operator.user.pk)] * 2


def test_an_action_passes_over_what_it_need_not_change(operator, session):
    assert "0 sessions were changed." in act(operator, "restore_selected", session)
    assert Change.objects.count() == 1


def test_an_action_takes_so_many_and_no_more(operator, owner, session, monkeypatch):
    monkeypatch.setattr("sessions_app.admin.versioned.MAX_ROWS_PER_ACTION", 1)
    other = make_session(owner, TEN, ELEVEN)
    page = act(operator, "delete_selected", session, other, select_across="1")
    assert "Nothing was changed. An action takes at most 1 sessions: select fewer." in page
    assert TimeSession.objects.for_user(owner).not_deleted().count() == 2


def test_what_is_not_there_is_told(operator, session):
    page = operator.get(f"{SESSIONS}{uuid4()}/change/", follow=True)
    assert "doesn’t exist" in page.content.decode()
    assert operator.get(f"{SESSIONS}nonsense/change/", follow=True).status_code == 200


def test_without_an_index_the_newest_are_looked_at(operator, monkeypatch):
    """A name that nothing has would else be compared with that of every session of the server."""
    monkeypatch.setattr("sessions_app.admin.versioned.MAX_SEARCHED", 2)
    first, second = make_account("first@example.org"), make_account("second@example.org")
    running = start_session(first, "2026-11-20T08:00:00Z", "Call")
    sessions = [
        make_session(
            second, f"2026-11-2{day}T08:00Z", f"2026-11-2{day}T09:00Z", "Call", session_id=UUID(int=2**127 + day)
        )
        for day in range(4)
    ]

    def found(query):
        return set(operator.get(SESSIONS, query).context["cl"].result_list)

    assert found({"q": "call"}) == found({"source__exact": "web"}) == set(sessions[1:])
    assert found({"q": "second@example.org"}) == found({"user__id__exact": str(second.pk)}) == set(sessions)
    assert found({"q": "example.org"}) == set(sessions[1:])
    assert found({"state": "running"}) == {running}
    assert found({}) == {running, *sessions}
