"""What an import writes, that a second one writes nothing, and what undo gives back"""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app import services
from sessions_app.imports import commit
from sessions_app.imports.candidates import read_candidates
from sessions_app.imports.table_rows import TableReader
from sessions_app.models import Changeset, Client, ImportIdentity, Project, Tag, TimeSession
from sessions_app.services import parts, undo
from sessions_app.services.changeset import current_writer
from tests.examples import examples
from tests.factories import WEB, make_guest, make_session
from tests.sessions_app.imports.bring_in import bring_in, plan
from tests.sessions_app.imports.formats import zip_bytes
from tests.sessions_app.imports.samples import HARVEST, TOGGL, TOGGL_SECONDS, WATSON
from tests.sessions_app.services.states import NOW, not_deleted, tracked


@pytest.fixture(autouse=True)
def _now(clock):
    """It is always `NOW`."""


def seconds_of(user):
    return sum(each.duration_seconds for each in not_deleted(user))


class TestTheSameImportTwiceAtOnce:
    def test_goes_on_where_the_other_is(self, owner, monkeypatch):
        monkeypatch.setattr(commit, "CHUNK", 1)
        monkeypatch.setattr(parts, "PART_SECONDS", 0)
        others = []

        def let_others_write(_seconds):
            if not others:
                others.append(True)
                others.append(bring_in(owner, TOGGL, seconds=0))

        monkeypatch.setattr(parts.time, "sleep", let_others_write)

        done = bring_in(owner, TOGGL)

        assert (others[1].is_finished, others[1].changeset_id) == (False, done.changeset_id)
        assert (done.is_finished, done.counts["created"], seconds_of(owner)) == (True, 4, TOGGL_SECONDS)


class TestAPlan:
    @pytest.mark.parametrize("text", [TOGGL, HARVEST, WATSON])
    def test_has_the_times_of_the_import(self, owner, text):
        make_session(owner, "2026-03-02T07:00:00Z", "2026-03-02T08:30:00Z")

        planned, done = plan(owner, text), bring_in(owner, text)

        assert planned.first_start is not None
        assert (planned.first_start, planned.last_end) == (done.first_start, done.last_end)

    def test_has_no_times_where_all_is_here(self, owner):
        bring_in(owner, HARVEST)

        assert (plan(owner, HARVEST).first_start, plan(owner, HARVEST).last_end) == (None, None)


class TestAnImport:
    def test_makes_sessions_with_their_catalogue(self, owner):
        done = bring_in(owner, TOGGL)

        assert (done.counts["created"], done.counts["total_seconds"]) == (4, TOGGL_SECONDS)
        first = TimeSession.objects.for_user(owner).order_by("start").first()
        assert (first.name, first.start, first.end) == (
            "Draft", datetime(2026, 3, 2, 8, tzinfo=UTC), datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        )  # fmt: skip
        assert (first.timezone, first.billable, first.source, first.version) == ("Europe/Berlin", True, "import", 1)
        assert (first.project.name, first.project.client.name) == ("Website", "Acme")
        assert {each.name for each in Tag.objects.for_user(owner)} == {"deep", "two-words"}
        assert len(first.tag_ids) == 2

    def test_gives_a_project_of_two_clients_a_name_for_each(self, owner):
        bring_in(owner, TOGGL)

        assert {(each.name, each.client.name) for each in Project.objects.for_user(owner).select_related("client")} == {
            ("Website", "Acme"), ("Website (Bolt)", "Bolt"),
        }  # fmt: skip
        assert {each.name for each in Client.objects.for_user(owner)} == {"Acme", "Bolt"}

    @pytest.mark.parametrize("chunk", [1, 500])
    @pytest.mark.parametrize(
        ("clients", "names"),
        [
            (["", "Acme", "Bolt"], ["Site", "Site (Acme)", "Site (Bolt)"]),
            (["Acme", "Bolt", ""], ["Site", "Site (Bolt)", "Site (2)"]),
        ],
    )
    def test_gives_no_client_the_sessions_of_another(self, owner, monkeypatch, chunk, clients, names):
        monkeypatch.setattr(commit, "CHUNK", chunk)
        text = "Client,Project,Description,Billable,Start date,Start time,End date,End time\n" + "".join(
            f"{client},Site,{month},No,2026-0{month}-02,09:00:00,2026-0{month}-02,10:00:00\n"
            for month in (1, 2)
            for client in clients
        )

        planned, _done = plan(owner, text), bring_in(owner, text)

        assert sorted(planned.new_projects) == sorted(names)
        projects = Project.objects.for_user(owner).select_related("client")
        assert {each.name: each.client.name if each.client else "" for each in projects} == dict(
            zip(names, clients, strict=True)
        )
        counts = Counter(TimeSession.objects.for_user(owner).values_list("project__name", flat=True))
        assert counts == dict.fromkeys(names, 2)

    def test_that_goes_on_knows_which_projects_it_made(self, owner, monkeypatch):
        monkeypatch.setattr(commit, "CHUNK", 1)
        monkeypatch.setattr(parts, "PART_SECONDS", 0)
        text = "Client,Project,Description,Billable,Start date,Start time,End date,End time\n" + "".join(
            f"{client},Site,x,No,2026-01-0{day},09:00:00,2026-01-0{day},10:00:00\n"
            for day, client in enumerate(("", "Acme", "", "Acme"), start=2)
        )

        assert not bring_in(owner, text, seconds=0).is_finished
        assert bring_in(owner, text).is_finished

        counts = Counter(TimeSession.objects.for_user(owner).values_list("project__name", "project__client__name"))
        assert counts == {("Site", None): 2, ("Site (Acme)", "Acme"): 2}

    def test_uses_a_project_of_no_client_that_was_here(self, owner):
        project = services.create_entry(owner, WEB, Project, name="Website", client_name="")

        bring_in(owner, TOGGL)

        assert TimeSession.objects.for_user(owner).filter(project=project).count() == 3

    def test_keeps_the_rates_of_projects_of_the_same_name_apart(self, owner):
        projects = [
            {"name": "Site", "client_id": 1, "rate": 80, "currency": "EUR", "billable": True, "active": True},
            {"name": "Site", "client_id": 2, "rate": 95, "currency": "USD", "billable": True, "active": False},
        ]
        clients = [{"id": 1, "name": "Acme"}, {"id": 2, "name": "Bolt"}]

        bring_in(owner, zip_bytes({"clients.json": json.dumps(clients), "projects.json": json.dumps(projects)}))

        fields = ("name", "hourly_rate", "currency", "billable_by_default", "archived")
        assert [*Project.objects.for_user(owner).order_by("name").values_list(*fields)] == [
            ("Site", 80, "EUR", True, False), ("Site (Bolt)", 95, "USD", True, True),
        ]  # fmt: skip

    def test_has_clients_that_are_archived_there_as_archived(self, owner):
        clients = [{"id": 1, "name": "Acme"}, {"id": 2, "name": "Gone", "archived": True}]

        bring_in(owner, zip_bytes({"clients.json": json.dumps(clients), "projects.json": "[]"}))

        assert [*Client.objects.for_user(owner).order_by("name").values_list("name", "archived")] == [
            ("Acme", False), ("Gone", True),
        ]  # fmt: skip

    def test_reads_times_in_the_zone_that_the_catalogue_beside_them_names(self, owner):
        users = [{"timezone": "Asia/Tokyo"}, {"timezone": ""}, {"timezone": "Asia/Tokyo"}]
        catalogue = zip_bytes({"projects.json": '[{"name": "Web"}]', "workspace_users.json": json.dumps(users)})

        planned = plan(owner, TOGGL, catalogue)
        assert [each.timezone for each in planned.files] == ["Asia/Tokyo", "Asia/Tokyo"]
        assert plan(owner, TOGGL, catalogue, timezone="UTC").first_rows[0].timezone == "UTC"
        bring_in(owner, TOGGL, catalogue)
        assert {*TimeSession.objects.for_user(owner).values_list("timezone", flat=True)} == {"Asia/Tokyo"}

    @pytest.mark.parametrize(
        "header",
        ["description,project,start,end", "description,billable,client,project,tags,start,end,task"],
    )
    def test_knows_what_came_in_utc_by_its_local_times(self, owner, header):
        def table(*times):
            cells = [{"description": name, "project": "Web", "start": start, "end": end} for name, start, end in times]
            return "\n".join([header, *(",".join(each.get(name, "") for name in header.split(",")) for each in cells)])

        in_utc = table(("a", "2026-01-05T08:00:00Z", "2026-01-05T09:30:00Z"))
        local = table(("a", "2026-01-05 09:00", "2026-01-05 10:30"), ("b", "2026-01-05 09:00", "2026-01-05 10:30"))

        first, second = bring_in(owner, in_utc), bring_in(owner, local, timezone="Europe/Berlin")
        again = plan(owner, in_utc, local, timezone="Europe/Berlin")

        assert (first.counts["created"], second.counts["created"], second.counts["unchanged"]) == (1, 1, 1)
        assert again.created == 0

    def test_knows_an_event_by_its_times_in_another_zone(self, owner):
        event = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Call\n{}\n{}\nEND:VEVENT\nEND:VCALENDAR\n"
        texts = [
            event.format("DTSTART:20260105T080000Z", "DTEND:20260105T090000Z"),
            event.format("DTSTART;TZID=Europe/Berlin:20260105T090000", "DTEND;TZID=Europe/Berlin:20260105T100000"),
            event.format("DTSTART:20260105T090000", "DURATION:PT1H"),
        ]

        for text in texts:
            bring_in(owner, text, timezone="Europe/Berlin")

        assert TimeSession.objects.for_user(owner).count() == 1
        assert plan(owner, *reversed(texts), timezone="Europe/Berlin").created == 0

    @pytest.mark.parametrize(
        "content",
        ["[]", "[\n]\n", "{}", '{"records": []}', "BEGIN:VCALENDAR\nEND:VCALENDAR\n", "<activities></activities>",
         TOGGL.splitlines()[0]],
    )  # fmt: skip
    def test_says_that_a_file_without_entries_has_none_beside_one_that_has(self, owner, content):
        planned, done = plan(owner, content, TOGGL), bring_in(owner, content, TOGGL)

        assert (planned.errors, planned.files[0].remarks) == ([], ["This file holds no sessions."])
        assert planned.created == done.counts["created"] == 4

    def test_counts_the_notes_that_it_cuts(self, owner):
        text = TOGGL.replace('"deep, two words"', f'"{", ".join(f"t{number}" for number in range(25))}"')
        long = "Description,Note,Start,End\n" + "".join(
            f"{'x' * length},,2026-01-0{day} 09:00,2026-01-0{day} 10:00\n"
            for day, length in ((5, 10_000), (6, 10_001), (7, 200_000))
        )

        assert (plan(owner, text).shortened, bring_in(owner, text).counts["shortened"]) == (0, 0)
        assert (plan(owner, long).shortened, bring_in(owner, long).counts["shortened"]) == (2, 2)
        assert plan(owner, long).shortened == 0

    def test_has_the_tags_beyond_those_of_a_session_in_its_note(self, owner):
        tags = [f"t{number}" for number in range(25)]
        text = TOGGL.replace('"deep, two words"', f'"{", ".join(tags)}"')

        planned, _done = plan(owner, text), bring_in(owner, text)

        first = TimeSession.objects.for_user(owner).order_by("start").first()
        assert (len(first.tag_ids), first.note) == (20, "#t20 #t21 #t22 #t23 #t24")
        assert {each.name for each in Tag.objects.for_user(owner)} == {*planned.new_tags} == {*tags[:20]}

    def test_uses_what_is_here_whatever_its_case(self, owner):
        project = services.create_entry(owner, WEB, Project, name="WEBSITE", client_name="acme")

        done = bring_in(owner, TOGGL)

        assert (done.counts["new_projects"], done.counts["new_clients"]) == (1, 1)
        assert TimeSession.objects.for_user(owner).filter(project=project).count() == 2

    def test_is_one_changeset_undone_for_thirty_days(self, owner, clock):
        done = bring_in(owner, TOGGL)

        (made,) = Changeset.objects.filter(user=owner)
        assert (made.id, made.source, made.count) == (done.changeset_id, "import", 4 + 2 + 2 + 2)
        clock.move_to(NOW + timedelta(days=30, seconds=-1), tick=False)
        assert [each.id for each in services.undoable_imports(owner, now=NOW + timedelta(days=29))] == [made.id]
        services.undo_changeset(owner, WEB, made.id)
        assert not_deleted(owner) == []

    def test_fits_hours_without_clock_times_one_behind_the_other(self, owner):
        make_session(owner, "2026-03-02T07:00:00Z", "2026-03-02T08:30:00Z")

        done = bring_in(owner, HARVEST)

        assert done.counts["created"] == 3
        placed = TimeSession.objects.for_user(owner).filter(times_known=False).order_by("start")
        assert [(each.start.isoformat(), each.duration_seconds) for each in placed] == [
            ("2026-03-02T08:30:00+00:00", 9000),
            ("2026-03-02T11:00:00+00:00", 9000),
            ("2026-03-03T08:00:00+00:00", 1188),
        ]
        assert placed[0].hourly_rate == Decimal(80)
        assert placed[0].currency == "EUR"

    def test_that_has_nothing_new_writes_nothing(self, owner):
        bring_in(owner, TOGGL)
        before = tracked(owner), Changeset.objects.count()

        done = bring_in(owner, TOGGL)

        assert (done.counts["created"], done.counts["unchanged"], done.changeset_id) == (0, 4, None)
        assert (tracked(owner), Changeset.objects.count()) == before

    def test_in_another_zone_adds_nothing(self, owner):
        bring_in(owner, TOGGL)

        assert bring_in(owner, TOGGL, timezone="America/New_York").counts["created"] == 0

    def test_of_overlapping_files_adds_only_what_is_new(self, owner):
        lines = TOGGL.splitlines(keepends=True)

        assert bring_in(owner, "".join(lines[:4])).counts["created"] == 3
        assert bring_in(owner, "".join([lines[0], *lines[2:]])).counts["created"] == 1
        assert bring_in(owner, TOGGL, "".join(lines[:3])).counts["unchanged"] == 6

    def test_knows_a_session_by_the_id_of_the_tool(self, owner):
        bring_in(owner, WATSON)

        done = bring_in(owner, WATSON.replace("1772443800", "1772443900"))
        assert (done.counts["created"], done.counts["unchanged"]) == (0, 2)

    def test_leaves_what_was_changed_or_deleted_here(self, owner):
        bring_in(owner, TOGGL)
        draft, mail, *_rest = TimeSession.objects.for_user(owner).order_by("start")
        services.edit_session(owner, WEB, draft.id, name="Mine")
        services.delete_session(owner, WEB, mail.id)

        done = bring_in(owner, TOGGL)

        assert {name: done.counts[name] for name in ("created", "unchanged", "edited", "deleted")} == {
            "created": 0, "unchanged": 2, "edited": 1, "deleted": 1,
        }  # fmt: skip
        services.empty_trash(owner, WEB)
        assert bring_in(owner, TOGGL).counts["deleted"] == 1

    def test_that_was_undone_comes_in_again(self, owner):
        first = bring_in(owner, TOGGL, timezone="America/New_York")
        services.undo_changeset(owner, WEB, first.changeset_id)

        done = bring_in(owner, TOGGL)

        assert (done.counts["created"], seconds_of(owner)) == (4, TOGGL_SECONDS)
        held = ImportIdentity.objects.filter(user=owner, is_freed=False)
        assert held.values("session_id").distinct().count() == 4

    def test_undone_and_done_again_is_known_again(self, owner):
        first = bring_in(owner, TOGGL)
        undone = services.undo_changeset(owner, WEB, first.changeset_id)
        services.undo_changeset(owner, WEB, undone.undone_by)

        assert bring_in(owner, TOGGL).counts["created"] == 0
        assert len(not_deleted(owner)) == 4

    def test_undone_done_again_and_undone_once_more_comes_in_again(self, owner):
        changeset_id = bring_in(owner, TOGGL).changeset_id
        for _step in range(3):  # undone, done again, undone
            changeset_id = services.undo_changeset(owner, WEB, changeset_id).undone_by
        assert len(not_deleted(owner)) == 0

        assert (bring_in(owner, TOGGL).counts["created"], seconds_of(owner)) == (4, TOGGL_SECONDS)

        # Nor is anything doubled by what stands in the list of changes still.
        services.undo_changeset(owner, WEB, changeset_id)
        assert (len(not_deleted(owner)), seconds_of(owner)) == (4, TOGGL_SECONDS)

    def test_that_was_deleted_restored_and_deleted_by_undo_stays_deleted(self, owner, monkeypatch):
        bring_in(owner, TOGGL)
        ids = [session.id for session in not_deleted(owner)]
        services.delete_sessions(owner, WEB, ids)
        with services.changeset(owner, WEB) as restored:
            for each in ids:
                services.restore_session(owner, WEB, each)
        monkeypatch.setattr(undo, "MAX_WHOLE", 0)  # in parts, as many are
        services.undo_changeset(owner, WEB, restored.id)

        assert len(not_deleted(owner)) == 0
        counts = bring_in(owner, TOGGL).counts
        assert (counts["created"], counts["deleted"]) == (0, 4)

    def test_undone_and_imported_again_is_not_doubled_by_doing_it_again(self, owner):
        first = bring_in(owner, TOGGL)
        undone = services.undo_changeset(owner, WEB, first.changeset_id)
        bring_in(owner, TOGGL)

        services.undo_changeset(owner, WEB, undone.undone_by)
        assert len(not_deleted(owner)) == 4

    @pytest.mark.parametrize("kind", ["s", "b."])
    def test_undone_comes_back_beside_another_at_the_same_times(self, owner, kind):
        lines = TOGGL.splitlines(keepends=True)
        first, second = lines[0] + lines[4], lines[0] + lines[4].replace("Draft", "Call")
        undone = services.undo_changeset(owner, WEB, bring_in(owner, first).changeset_id)
        bring_in(owner, second)
        for held in ImportIdentity.objects.filter(identity__startswith="s"):  # as before decision 253, with `b.`
            ImportIdentity.objects.filter(id=held.id).update(identity=f"{kind}{held.identity[1:]}")

        services.undo_changeset(owner, WEB, undone.undone_by)

        assert len(not_deleted(owner)) == 2
        assert bring_in(owner, first).counts["created"] == bring_in(owner, second).counts["created"] == 0

    def test_what_cannot_come_back_without_its_project_can_be_imported(self, owner):
        undone = services.undo_changeset(owner, WEB, bring_in(owner, TOGGL).changeset_id)
        bring_in(owner, TOGGL.replace("Draft", "Sketch"))  # with other projects of the same names
        assert services.undo_changeset(owner, WEB, undone.undone_by).left
        assert len(not_deleted(owner)) == 5

        counts = bring_in(owner, TOGGL).counts

        assert (counts["created"], counts["deleted"]) == (1, 0)

    def test_leaves_at_undo_what_was_changed_since_and_what_is_in_use(self, owner):
        first = bring_in(owner, TOGGL)
        draft = TimeSession.objects.for_user(owner).order_by("start").first()
        services.edit_session(owner, WEB, draft.id, name="Mine")

        undone = services.undo_changeset(owner, WEB, first.changeset_id)

        assert [each.name for each in not_deleted(owner)] == ["Mine"]
        assert "Mine" in undone.left
        assert "Website" in undone.left

    def test_of_another_user_is_no_business_of_this_one(self, owner, stranger):
        bring_in(owner, TOGGL)

        assert bring_in(stranger, TOGGL).counts["created"] == 4


class TestInParts:
    def test_goes_on_where_it_ended(self, owner, monkeypatch):
        monkeypatch.setattr(commit, "CHUNK", 1)
        monkeypatch.setattr(parts, "PART_SECONDS", 0)
        first = bring_in(owner, TOGGL, seconds=0)
        assert (first.counts["created"], first.is_finished) == (1, False)

        done = bring_in(owner, TOGGL)

        assert (done.counts["created"], done.changeset_id) == (4, first.changeset_id)
        assert (seconds_of(owner), services.unfinished_work(owner)) == (TOGGL_SECONDS, [])

    def test_counts_equal_rows_before_it_ended(self, owner, monkeypatch):
        monkeypatch.setattr(commit, "CHUNK", 1)
        monkeypatch.setattr(parts, "PART_SECONDS", 0)
        bring_in(owner, HARVEST, seconds=0)

        assert bring_in(owner, HARVEST).counts["created"] == 3
        assert bring_in(owner, HARVEST).counts["created"] == 0

    def test_can_be_undone_in_the_middle_and_begun_again(self, owner, monkeypatch):
        monkeypatch.setattr(commit, "CHUNK", 1)
        monkeypatch.setattr(parts, "PART_SECONDS", 0)
        first = bring_in(owner, TOGGL, seconds=0)
        services.undo_changeset(owner, WEB, first.changeset_id)
        assert not_deleted(owner) == []

        assert bring_in(owner, TOGGL).counts["created"] == 4


class TestThePlan:
    def test_says_what_the_import_does_and_writes_nothing(self, owner):
        before = tracked(owner)

        found = plan(owner, TOGGL)

        assert tracked(owner) == before
        assert (found.source, found.created, found.seconds, found.stated_seconds) == (
            "toggl", 4, TOGGL_SECONDS, TOGGL_SECONDS,
        )  # fmt: skip
        assert found.seconds_by_month == {(2026, 3): TOGGL_SECONDS}
        assert (found.new_clients, found.new_projects, found.new_tags) == (
            ["Acme", "Bolt"], ["Website", "Website (Bolt)"], ["deep", "two-words"],
        )  # fmt: skip
        bring_in(owner, TOGGL)
        again = plan(owner, TOGGL)
        assert (again.created, again.present, again.seconds, again.all_seconds) == (0, 4, 0, TOGGL_SECONDS)
        assert again.new_projects == []

    def test_names_every_rejected_row(self, owner):
        broken = TOGGL.replace("2026-03-02,11:00:00", "2026-03-02,25:99:00")

        found = plan(owner, broken)

        ((line, code),) = [(each.line, each.code) for each in found.rejected]
        assert (line, code, found.created) == (3, "bad_time", 3)

    def test_of_a_file_that_is_none_says_why(self, owner):
        found = plan(owner, b"%PDF-1.7 \x00\x01\x02")

        assert (found.files[0].reason, found.created) == ("not_text", 0)
        assert found.files[0].error


def test_what_goes_on_reads_up_to_there_before_others_wait(owner, monkeypatch):
    read = []

    def rows(reader, after):
        for row in read_rows(reader, after):
            read.append((row.line, current_writer(owner) is not None))
            yield row

    read_rows = TableReader.rows
    monkeypatch.setattr(TableReader, "rows", rows)
    monkeypatch.setattr(parts, "PART_SECONDS", 0)
    monkeypatch.setattr(commit, "CHUNK", 2)
    bring_in(owner, TOGGL, seconds=0)
    (unfinished,) = services.unfinished_work(owner)
    done_line = unfinished.unfinished["line"]
    read.clear()

    done = bring_in(owner, TOGGL)

    assert (done.is_finished, len(not_deleted(owner))) == (True, 4)
    assert [line for line, is_writing in read if not is_writing and line <= done_line] == list(range(2, done_line + 1))
    assert [line for line, is_writing in read if is_writing and line <= done_line] == []


ROWS = st.lists(
    st.tuples(
        st.integers(0, 200),  # day
        st.integers(0, 23 * 60),  # minute
        st.integers(1, 2000),  # length in minutes
        st.sampled_from(["Draft", "Mail", "", "Call, long"]),
        st.sampled_from([("", ""), ("Acme", "Site"), ("Bolt", "Site"), ("", "Garden")]),
        st.sampled_from(["", "a", "a, b"]),
        st.booleans(),
    ),
    max_size=12,
)


@examples(30)
@given(rows=ROWS, cut=st.integers(0, 12))
def test_what_is_planned_is_stored_and_a_second_time_changes_nothing(db, rows, cut):
    user = make_guest(timezone="Europe/Berlin")
    head = TOGGL.splitlines()[0]
    lines = []
    for day, minute, length, name, (client, project), tags, billable in rows:
        start = datetime(2026, 4, 1) + timedelta(days=day, minutes=minute)
        end = start + timedelta(minutes=length)
        lines.append(
            f'M,m@example.org,{client},{project},,"{name}",{"Yes" if billable else "No"},{start:%Y-%m-%d,%H:%M:%S},'
            f'{end:%Y-%m-%d,%H:%M:%S},,"{tags}",'
        )
    whole, some = ("\n".join([head, *part]) + "\n" for part in (lines, lines[cut:]))
    if not lines:
        return

    expected = plan(user, whole)
    done = bring_in(user, whole)

    assert (done.counts["created"], done.counts["total_seconds"]) == (expected.created, expected.seconds)
    assert done.counts["created"] + done.counts["rejected_count"] == len(rows)
    assert seconds_of(user) == expected.seconds
    for name in ("clients", "projects", "tags"):
        assert done.counts[f"new_{name}"] == len(getattr(expected, f"new_{name}"))
    before = tracked(user)
    for text in (whole, some) if lines[cut:] else (whole,):
        assert bring_in(user, text).counts["created"] == 0
        assert bring_in(user, text, timezone="Asia/Tokyo").counts["created"] == 0
    assert tracked(user) == before
    if done.changeset_id:
        services.undo_changeset(user, WEB, done.changeset_id)
        assert not_deleted(user) == []
        assert bring_in(user, whole).counts["created"] == expected.created


def test_an_entry_twice_in_one_file_is_planned_as_it_comes_in(owner):
    frame = '[1772438450, 1772442130, "Site", "0123456789abcdef0123456789abcdef", ["deep"], 1]'
    text = f"[{frame}, {frame}]"
    found = plan(owner, text)

    assert (found.created, found.seconds) == (1, 3680)
    assert bring_in(owner, text).counts["created"] == 1


def test_rows_are_read_between_the_parts(owner, monkeypatch):
    """Others wait for what is written alone."""
    writers = []

    def read(*args, **more):
        for row in read_candidates(*args, **more):
            writers.append(current_writer(owner))
            yield row

    monkeypatch.setattr(commit, "read_candidates", read)
    monkeypatch.setattr(commit, "CHUNK", 1)
    monkeypatch.setattr(parts, "PART_SECONDS", 0)

    assert bring_in(owner, TOGGL).counts["created"] == 4
    assert writers == [None] * 4
