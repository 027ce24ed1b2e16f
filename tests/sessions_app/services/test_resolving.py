"""What a session takes from what it belongs to, and that it keeps it."""

from datetime import date
from decimal import Decimal

import pytest

from sessions_app import services
from sessions_app.models import Client, Project, Tag, TimeSession
from sessions_app.reports import ReportQuery, read_report
from sessions_app.timekeeping.periods import Period
from tests.factories import WEB, instant, make_session, start_session
from tests.sessions_app.services.states import HOUR, NOW, actions, everything, rejected
from timetracker.db.ids import uuid7
from timetracker.errors import InvalidInputError, NotFoundError
from users_app.models import User

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))
TIMES = {"start": NOW - HOUR, "end": NOW}
NOTHING = (None, "")


def make_project(user, name="Site", **fields):
    return services.create_entry(user, WEB, Project, name=name, **fields)


def priced(rate, currency):
    return {
        **({} if rate is None else {"hourly_rate": Decimal(rate)}),
        **({"currency": currency} if currency else {}),
    }


def save(user, **fields):
    return TimeSession.objects.get(pk=services.save_session(user, WEB, **{**TIMES, **fields}).pk)


def price(session):
    return session.hourly_rate, session.currency


def read(session):
    return TimeSession.objects.get(pk=session.pk)


@pytest.mark.parametrize(
    ("override", "project", "client", "user", "expected"),
    [
        (NOTHING, NOTHING, NOTHING, (None, "EUR"), NOTHING),
        (NOTHING, NOTHING, NOTHING, ("50", "EUR"), ("50", "EUR")),
        (NOTHING, NOTHING, ("60", ""), ("50", "EUR"), ("60", "EUR")),
        (NOTHING, NOTHING, ("60", "USD"), ("50", "EUR"), ("60", "USD")),
        (NOTHING, ("70", ""), ("60", "USD"), ("50", "EUR"), ("70", "USD")),
        (NOTHING, ("70", ""), (None, "USD"), ("50", "EUR"), ("70", "USD")),
        (NOTHING, ("70", "JPY"), ("60", "USD"), ("50", "EUR"), ("70", "JPY")),
        (NOTHING, ("0", ""), ("60", "USD"), ("50", "EUR"), ("0", "USD")),
        # A currency alone says nothing about somebody else's rate.
        (NOTHING, (None, "JPY"), NOTHING, ("50", "EUR"), ("50", "EUR")),
        (NOTHING, (None, "JPY"), ("60", ""), ("50", "EUR"), ("60", "EUR")),
        (("80", "BHD"), ("70", "JPY"), ("60", "USD"), ("50", "EUR"), ("80", "BHD")),
        (("80", ""), ("70", "JPY"), ("60", "USD"), ("50", "EUR"), ("80", "JPY")),
        (("80", ""), NOTHING, (None, "USD"), (None, "EUR"), ("80", "USD")),
        (("0", ""), NOTHING, NOTHING, ("50", "EUR"), ("0", "EUR")),
        (("33.3333", ""), NOTHING, NOTHING, (None, "EUR"), ("33.3333", "EUR")),
    ],
)
def test_the_nearest_rate_counts(owner, override, project, client, user, expected):
    User.objects.filter(pk=owner.pk).update(hourly_rate=user[0], currency=user[1])
    of = services.create_entry(owner, WEB, Client, name="Acme", **priced(*client))
    project = make_project(owner, client_id=of.id, **priced(*project))

    session = save(owner, project_id=project.id, **priced(*override))

    assert price(session) == (None if expected[0] is None else Decimal(expected[0]), expected[1])
    assert session.rate_is_override == (override[0] is not None)


def test_without_a_project_the_rate_is_that_of_the_user(owner):
    User.objects.filter(pk=owner.pk).update(hourly_rate=Decimal(50), currency="USD")

    assert price(save(owner)) == (Decimal(50), "USD")
    assert price(start_session(owner, "2026-11-23T08:30Z")) == (Decimal(50), "USD")


class TestKept:
    @pytest.fixture
    def client_of(self, owner):
        return services.create_entry(owner, WEB, Client, name="Acme", hourly_rate=Decimal(60))

    @pytest.fixture
    def project(self, owner, client_of):
        return make_project(owner, hourly_rate=Decimal(70), client_id=client_of.id, billable_by_default=True)

    @pytest.fixture
    def sessions(self, owner, project, client_of):
        User.objects.filter(pk=owner.pk).update(hourly_rate=Decimal(50))
        cheap = make_project(owner, "Of the client", client_id=client_of.id, billable_by_default=True)
        return [
            save(owner, project_id=project.id),
            save(owner, project_id=cheap.id),
            save(owner, billable=True),
            make_session(owner, "2026-11-20T22:00Z", "2026-11-21T02:00Z", project_id=project.id),
        ]

    CHANGES = {
        "the project's": lambda owner, project: services.edit_entry(
            owner, WEB, Project, project.id, hourly_rate=Decimal(99), currency="JPY"
        ),
        "the client's": lambda owner, project: services.edit_entry(
            owner, WEB, Client, project.client_id, hourly_rate=Decimal(99), currency="JPY"
        ),
        "the person's": lambda owner, project: User.objects.filter(pk=owner.pk).update(hourly_rate=1, currency="USD"),
        "the client": lambda owner, project: services.edit_entry(owner, WEB, Project, project.id, client_id=None),
        "the default": lambda owner, project: services.edit_entry(
            owner, WEB, Project, project.id, billable_by_default=False
        ),
        "to archived": lambda owner, project: services.edit_entry(owner, WEB, Project, project.id, archived=True),
        "to deleted": lambda owner, project: services.delete_entry(owner, WEB, Project, project.id),
        "to one without client": lambda owner, project: services.delete_entry(owner, WEB, Client, project.client_id),
    }

    @pytest.mark.parametrize("change", CHANGES)
    def test_old_amounts_stay_whatever_changes(self, owner, project, sessions, change):
        before = read_report(owner, ReportQuery(NOVEMBER, ("day",)), now=NOW)
        assert before.total.amounts == {"EUR": Decimal("460.00")}  # 70 + 60 + 50 + 4 x 70

        self.CHANGES[change](owner, project)

        after = read_report(owner, ReportQuery(NOVEMBER, ("day",)), now=NOW)
        assert [(line.key, line.figures) for line in after.lines] == [(line.key, line.figures) for line in before.lines]
        assert after.total == before.total

    @pytest.mark.parametrize(
        "fields", [{"name": "x"}, {"start": NOW - 2 * HOUR}, {"billable": False}, {"tags": ["mail"]}, {"note": "n"}]
    )
    def test_an_edit_of_something_else_keeps_the_rate(self, owner, project, sessions, fields):
        services.edit_entry(owner, WEB, Project, project.id, hourly_rate=Decimal(99))

        services.edit_session(owner, WEB, sessions[0].id, **fields)
        services.edit_session(owner, WEB, sessions[0].id, project_id=project.id)

        assert price(read(sessions[0])) == (Decimal(70), "EUR")

    def test_a_second_equal_put_changes_nothing(self, owner, project):
        session_id = uuid7()
        body = {**TIMES, "project_id": project.id, "tags": ["Mail", "call"], "name": "x"}
        services.put_session(owner, WEB, session_id, **body)
        services.edit_entry(owner, WEB, Project, project.id, hourly_rate=Decimal(99))
        before = everything()

        session, is_new = services.put_session(owner, WEB, session_id, **body)

        assert (session.version, is_new, price(session)) == (1, False, (Decimal(70), "EUR"))
        assert everything() == before

    def test_a_session_that_changes_its_project_takes_its_rate(self, owner, project, sessions):
        other = make_project(owner, "Other", hourly_rate=Decimal(90), currency="USD")

        services.edit_session(owner, WEB, sessions[0].id, project_id=other.id)
        assert price(read(sessions[0])) == (Decimal(90), "USD")
        services.edit_session(owner, WEB, sessions[0].id, project_id=None)
        assert price(read(sessions[0])) == (Decimal(50), "EUR")

    def test_the_rate_override_goes_along_until_it_is_dropped(self, owner, project, sessions):
        session = save(owner, project_id=project.id, hourly_rate=Decimal(88), currency="USD")
        other = make_project(owner, "Other", hourly_rate=Decimal(90))

        services.edit_session(owner, WEB, session.id, project_id=other.id)
        assert (price(read(session)), read(session).rate_is_override) == ((Decimal(88), "USD"), True)
        services.edit_session(owner, WEB, session.id, hourly_rate=Decimal(89))
        assert price(read(session)) == (Decimal(89), "USD")
        services.edit_session(owner, WEB, session.id, hourly_rate=None)
        assert (price(read(session)), read(session).rate_is_override) == ((Decimal(90), "EUR"), False)

    def test_the_currency_of_a_rate_override_can_be_changed_alone(self, owner, project):
        session = save(owner, project_id=project.id, hourly_rate=Decimal(88), currency="USD")

        services.edit_session(owner, WEB, session.id, currency="JPY")

        assert (price(read(session)), read(session).rate_is_override) == ((Decimal(88), "JPY"), True)

    def test_what_is_continued_takes_the_present_rate_unless_it_had_an_override(self, owner, project, sessions):
        override = save(owner, project_id=project.id, hourly_rate=Decimal(88))
        services.edit_entry(owner, WEB, Project, project.id, hourly_rate=Decimal(99), archived=True)

        again = services.continue_session(owner, WEB, sessions[0].id).started
        assert (again.project_id, again.billable, price(again)) == (project.id, True, (Decimal(99), "EUR"))
        again = services.continue_session(owner, WEB, override.id).started
        assert (price(again), again.rate_is_override) == ((Decimal(88), "EUR"), True)

    def test_what_lies_in_the_trash_is_not_continued(self, owner, project):
        session = save(owner, project_id=project.id)
        services.delete_session(owner, WEB, session.id)

        with pytest.raises(NotFoundError):
            services.continue_session(owner, WEB, session.id)


@pytest.mark.parametrize(
    ("offers", "given", "expected"),
    [(True, None, True), (False, None, False), (None, None, False), (True, False, False), (False, True, True)],
)
def test_a_new_session_is_billable_as_its_project_says_unless_it_says_otherwise(owner, offers, given, expected):
    project = None if offers is None else make_project(owner, billable_by_default=offers).id
    fields = {"project_id": project, **({} if given is None else {"billable": given})}

    assert save(owner, **fields).billable is expected
    assert services.put_session(owner, WEB, uuid7(), **TIMES, **fields)[0].billable is expected
    assert services.start_timer(owner, WEB, **fields).started.billable is expected


@pytest.mark.parametrize(
    ("was", "offers", "expected"), [(False, True, True), (True, False, True), (False, False, False)]
)
def test_one_that_changes_its_project_becomes_billable_but_never_ceases_to_be(owner, was, offers, expected):
    session = save(owner, billable=was)
    project = make_project(owner, billable_by_default=offers)

    assert services.edit_session(owner, WEB, session.id, project_id=project.id).billable is expected
    assert services.put_session(owner, WEB, session.id, **TIMES, project_id=project.id)[0].billable is offers


class TestNames:
    def test_a_project_that_is_not_there_is_made_in_the_same_changeset(self, owner):
        session = save(owner, project_name=" Site ", tags=["#Mail", "call", "MAIL"])

        assert session.project.name == "Site"
        assert {tag.name for tag in Tag.objects.filter(user=owner)} == {"Mail", "call"}
        assert set(session.tag_ids) == set(Tag.objects.values_list("id", flat=True))
        assert sorted(actions(owner)) == ["create"] * 4

    def test_one_that_is_there_is_found_in_whatever_case(self, owner):
        project = make_project(owner, "Straße", archived=True)

        assert save(owner, project_name="STRASSE").project_id == project.id
        assert Project.objects.count() == 1

    def test_one_that_was_deleted_is_made_anew(self, owner):
        gone = services.delete_entry(owner, WEB, Project, make_project(owner).id)

        assert save(owner, project_name="Site").project_id != gone.id

    def test_a_name_that_cannot_be_is_rejected_at_its_field(self, owner):
        with rejected(InvalidInputError, ("project_name", "max_length")):
            save(owner, project_name="x" * 101)
        with rejected(InvalidInputError, ("tags", "invalid_tag")):
            save(owner, project_name="Fine", tags=["two words"])

    def test_names_of_a_stranger_are_not_found(self, owner, stranger):
        theirs = make_project(stranger)

        assert save(owner, project_name="Site").project_id != theirs.id


@pytest.mark.parametrize("which", ["nobody's", "a stranger's", "a deleted one"])
def test_a_project_that_is_not_there_is_rejected(owner, stranger, which):
    project_id = {
        "nobody's": uuid7,
        "a stranger's": lambda: make_project(stranger).id,
        "a deleted one": lambda: services.delete_entry(owner, WEB, Project, make_project(owner).id).id,
    }[which]()
    session = save(owner)
    calls = [
        lambda: save(owner, project_id=project_id),
        lambda: services.put_session(owner, WEB, uuid7(), **TIMES, project_id=project_id),
        lambda: services.edit_session(owner, WEB, session.id, project_id=project_id),
        lambda: services.start_timer(owner, WEB, project_id=project_id),
        lambda: services.insert_session(
            owner, WEB, session.id, start=NOW - HOUR, end=instant("2026-11-23T08:30Z"), project_id=project_id
        ),
    ]
    for changeset in calls:
        with rejected(InvalidInputError, ("project_id", "unknown_project")):
            changeset()
