"""Queries whose SQL is made once say what the ORM says"""

from copy import copy
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from sessions_app import services
from sessions_app.models import Change, Changeset, Project, TimeSession
from sessions_app.services.compiled import find_id, insert_row, lock_user, update_row
from tests.factories import WEB, make_session, make_token
from timetracker.db.compiled import CompiledRead
from timetracker.db.ids import uuid7
from users_app.models import AccessToken, Scope, User
from users_app.services.token_lookup import find_by_secret

pytestmark = pytest.mark.django_db


def columns(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.fixture
def session(owner):
    project = services.create_entry(owner, WEB, Project, name="Site", hourly_rate=Decimal("80.5"), currency="EUR")
    times = ("2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z")
    return make_session(owner, *times, name="Ünïcode “quotes” %s", note="a\nb", project_id=project.id, billable=True)


def test_a_token_is_found_with_its_user(owner, stranger):
    for user in (owner, stranger):
        for secret in (make_token(user), make_token(user, Scope.READ)):
            found, expected = find_by_secret(secret), AccessToken.find(secret)
            assert columns(found) == columns(expected)
            assert columns(found.user) == columns(expected.user)
            assert not found._state.adding
            assert not found.user._state.adding


@pytest.mark.parametrize("secret", ["", "tt_", "tt_" + "0" * 42])
def test_what_is_no_token_finds_none(secret, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert find_by_secret(secret) is None


def test_a_token_that_was_revoked_or_has_a_new_user_state_is_read_anew(owner):
    secret = make_token(owner)
    assert find_by_secret(secret).user.revision == owner.revision
    User.objects.filter(pk=owner.pk).update(revision=41)
    assert find_by_secret(secret).user.revision == 41
    AccessToken.objects.all().delete()
    assert find_by_secret(secret) is None


def test_a_user_is_locked_and_read_whole(owner, stranger):
    with transaction.atomic():
        (locked,) = lock_user(user_id=owner.pk)
        assert columns(locked) == columns(User.objects.get(pk=owner.pk))
        assert lock_user(user_id=uuid7()) == []


def test_an_id_is_found_among_those_of_the_user(owner, stranger, session):
    assert find_id(user_id=owner.pk, session_id=session.id) == [(session.id,)]
    assert find_id(user_id=stranger.pk, session_id=session.id) == []


@pytest.mark.parametrize("model", [TimeSession, Changeset, Change])
def test_a_row_is_written_as_save_writes_it(session, model):
    row = model.objects.latest("pk")
    written = {}
    for how in ("save", "insert"):
        new = copy(row)
        new.pk = uuid7() if isinstance(row.pk, UUID) else None
        if model is not TimeSession:
            new.revision = {"save": 1001, "insert": 1002}[how]
        new._state = copy(row._state)
        new._state.adding = True
        new.save(force_insert=True) if how == "save" else insert_row(new)
        assert not new._state.adding
        stored = model.objects.latest("pk") if new.pk is None else model.objects.get(pk=new.pk)
        written[how] = {name: value for name, value in columns(stored).items() if name not in {"id", "revision"}}

    assert written["save"] == written["insert"]


def test_a_row_is_changed_as_save_changes_it(session):
    session.name, session.hourly_rate, session.billable = "Other", Decimal("1.25"), False
    update_row(session)
    assert columns(TimeSession.objects.get(pk=session.pk)) == columns(session)

    session.name, session.note = "Third", "not written"
    update_row(session, "name")
    stored = TimeSession.objects.get(pk=session.pk)
    assert (stored.name, stored.note) == ("Third", "a\nb")


def test_a_row_that_is_gone_is_not_changed(session):
    session.pk = uuid7()
    with pytest.raises(DatabaseError, match="no such row"):
        update_row(session)


def test_constraints_hold_for_what_is_written_this_way(session):
    twin = copy(session)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_row(twin)
    session.end = session.start.replace(year=2020)
    with pytest.raises(IntegrityError), transaction.atomic():
        update_row(session)


def test_values_of_each_type_stand_where_their_examples_stood(owner, session):
    read = CompiledRead(
        lambda user_id, day, at, name: TimeSession.objects.filter(
            user_id=user_id, first_date__gte=day, start__gte=at, name=name
        ).values_list("id", "start", "first_date", "hourly_rate", "billable"),
        user_id=UUID(int=1),
        day=date(1, 1, 2),
        at=datetime(2, 1, 1, tzinfo=UTC),
        name="example",
    )
    expected = (session.id, session.start, session.first_date, session.hourly_rate, session.billable)
    day, start = session.first_date, session.start
    assert read(user_id=owner.pk, day=day, at=start, name=session.name) == [expected]
    assert read(user_id=owner.pk, day=day, at=start, name="x") == []
    assert read(user_id=owner.pk, day=date(2026, 11, 21), at=start, name=session.name) == []


def test_a_value_that_the_query_would_ignore_is_a_fault_of_its_author(db):
    read = CompiledRead(lambda user_id, name: TimeSession.objects.filter(user_id=user_id).values_list("id"),
                        user_id=UUID(int=1), name="example")  # fmt: skip
    with pytest.raises(AssertionError):
        read(user_id=UUID(int=1), name="x")
