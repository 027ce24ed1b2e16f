"""Reports with a name: one default at most, whatever is done and taken back"""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from sessions_app import services
from sessions_app.models import SavedReport
from sessions_app.services.limits import MAX_REPORTS
from sessions_app.services.trash import prune_trash
from tests.examples import examples
from tests.factories import WEB, make_guest
from tests.sessions_app.services.states import DAY, NOW, actions, rejected
from timetracker.errors import ConflictError, InvalidInputError, NotFoundError, StaleVersionError

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def user():
    return make_guest()


def saved(user):
    """The reports that are not deleted, by name, and whether they are the default."""
    reports = SavedReport.objects.for_user(user).not_deleted()
    return {each.name: each.is_default for each in reports}


def test_a_report_is_saved_changed_and_deleted(user):
    report = services.save_report(user, WEB, name=" Month ", query="?period=month&group=day")
    assert (report.name, report.query, report.is_default, report.version) == (
        "Month",
        "period=month&group=day",
        False,
        1,
    )
    services.edit_report(user, WEB, report.id, name="This month")
    services.delete_report(user, WEB, report.id)
    assert actions(user) == ["create", "edit", "delete"]
    assert saved(user) == {}
    with rejected(NotFoundError, "not_found"):
        services.edit_report(user, WEB, report.id, name="x")


def test_no_two_are_saved_under_one_name_in_whatever_case(user):
    month = services.save_report(user, WEB, name="Month")
    week = services.save_report(user, WEB, name="Week")
    with rejected(ConflictError, "name_taken"):
        services.save_report(user, WEB, name=" MONTH")
    with rejected(ConflictError, "name_taken"):
        services.edit_report(user, WEB, week.id, name="month")
    services.edit_report(user, WEB, month.id, name="MONTH")
    services.save_report(make_guest(), WEB, name="Month")
    services.delete_report(user, WEB, month.id)
    services.edit_report(user, WEB, week.id, name="month")
    assert saved(user) == {"month": False}


def test_of_two_that_have_one_name_each_can_be_changed_and_comes_back(user):
    first = services.save_report(user, WEB, name="Month")
    second = services.save_report(user, WEB, name="Week")
    SavedReport.objects.update(name="Month")  # as former versions let them be
    services.edit_report(user, WEB, first.id, name="Month", is_default=True)
    deleted = services.delete_report(user, WEB, second.id)
    services.undo_changeset(user, WEB, deleted.changeset_id)
    assert sorted(SavedReport.objects.for_user(user).not_deleted().values_list("name", "is_default")) == [
        ("Month", False),
        ("Month", True),
    ]


def test_a_new_default_replaces_the_one_before_and_undo_gives_it_back(user):
    services.save_report(user, WEB, name="a", is_default=True)
    second = services.save_report(user, WEB, name="b", is_default=True)
    assert saved(user) == {"a": False, "b": True}
    services.undo_changeset(user, WEB, second.changeset_id)
    assert saved(user) == {"a": True}
    services.undo_changeset(user, WEB)
    assert saved(user) == {}


def test_a_deleted_default_comes_back_unless_another_is_the_default_by_now(user):
    report = services.save_report(user, WEB, name="a", is_default=True)
    deleted = services.delete_report(user, WEB, report.id)
    services.save_report(user, WEB, name="b", is_default=True)
    with rejected(ConflictError, "changed_since"):
        services.undo_changeset(user, WEB, deleted.changeset_id)
    services.undo_changeset(user, WEB)
    services.undo_changeset(user, WEB, deleted.changeset_id)
    assert saved(user) == {"a": True}


def test_the_database_holds_one_default(user):
    services.save_report(user, WEB, name="a", is_default=True)
    stamps = {"created_at": NOW, "updated_at": NOW}
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedReport.objects.create(user=user, name="b", is_default=True, **stamps)
    SavedReport.objects.create(user=make_guest(), name="b", is_default=True, **stamps)


def test_whatever_is_done_and_undone_one_report_at_most_is_the_default(db):
    steps = st.lists(
        st.tuples(st.sampled_from(["save", "edit", "delete", "undo"]), st.integers(0, 3), st.booleans()), max_size=12
    )

    @examples(40)
    @given(steps=steps)
    def run(steps):
        user = make_guest()
        for step, number, is_default in steps:
            reports = list(SavedReport.objects.for_user(user).not_deleted().order_by("id"))
            try:
                if step == "save":
                    services.save_report(user, WEB, name=f"r{number}", is_default=is_default)
                elif step == "undo":
                    services.undo_changeset(user, WEB)
                elif reports and step == "edit":
                    services.edit_report(user, WEB, reports[number % len(reports)].id, is_default=is_default)
                elif reports:
                    services.delete_report(user, WEB, reports[number % len(reports)].id)
            except (ConflictError, NotFoundError):
                pass
            assert list(saved(user).values()).count(True) <= 1

    run()


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": "  "}, ("name", "required")),
        ({"name": "x" * 101}, ("name", "max_length")),
        ({"name": "x", "query": "q=" + "x" * 2_000}, ("query", "max_length")),
        ({"name": "x\x01"}, ("name", "control_character")),
        ({"name": "x", "query": "q=\ud800"}, ("query", "control_character")),  # half a pair, which JSON can express
        ({"name": "x", "query": "\udfff"}, ("query", "control_character")),
    ],
)
def test_what_cannot_be_saved_is_rejected(user, fields, error):
    with rejected(InvalidInputError, error):
        services.save_report(user, WEB, **fields)


def test_a_query_is_as_long_as_stored_whatever_stands_in_it(user):
    report = services.save_report(user, WEB, name="x", query="q=Überblick é&group=")
    assert report.query == "q=%C3%9Cberblick+%C3%A9&group="


def test_there_may_be_so_many_and_no_more(user):
    rows = [SavedReport(user=user, name="x", created_at=NOW, updated_at=NOW) for _ in range(MAX_REPORTS)]
    SavedReport.objects.bulk_create(rows)
    with rejected(InvalidInputError, ("name", "too_many")):
        services.save_report(user, WEB, name="one more")
    services.delete_report(user, WEB, rows[0].id)
    services.save_report(user, WEB, name="one more")


def test_ids_and_versions_are_checked(user):
    report = services.save_report(user, WEB, name="a", report_id=uuid4())
    with rejected(ConflictError, "id_taken"):
        services.save_report(user, WEB, name="b", report_id=report.id)
    with rejected(NotFoundError, "not_found"):
        services.save_report(make_guest(), WEB, name="b", report_id=report.id)
    with pytest.raises(StaleVersionError):
        services.edit_report(user, WEB, report.id, versions={7}, name="c")


def test_deleted_ones_are_removed_for_good_after_30_days(user):
    report = services.save_report(user, WEB, name="a")
    services.delete_report(user, WEB, report.id)
    prune_trash(user, now=NOW + 29 * DAY)
    assert SavedReport.objects.exists()
    prune_trash(user, now=NOW + 31 * DAY)
    assert not SavedReport.objects.exists()
