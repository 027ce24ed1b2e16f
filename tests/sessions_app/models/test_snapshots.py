"""The snapshot that the database makes of a session is the one that Python makes of it"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_app import services
from sessions_app.models import Project, SessionTag, Source, Tag, TimeSession
from sessions_app.models.snapshots import session_snapshot
from tests.factories import WEB, make_guest
from timetracker.db.ids import uuid7

pytestmark = pytest.mark.django_db

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
SECONDS = INSTANTS.map(lambda at: at.replace(microsecond=0))
RATES = st.none() | st.decimals(0, 99_999, places=4)


@pytest.fixture
def guest():
    return make_guest()


@pytest.fixture
def tags(guest):
    return [services.create_entry(guest, WEB, Tag, name=name).id for name in ("a", "b", "c")]


@pytest.fixture
def project(guest):
    return services.create_entry(guest, WEB, Project, name="Logo")


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_snapshots_are_the_same(guest, tags, project, data):
    TimeSession.objects.filter(user=guest).delete()
    start, length = data.draw(SECONDS), data.draw(st.none() | st.integers(0, 10**6))
    rate = data.draw(RATES)
    session = TimeSession(
        id=uuid7(), user=guest, start=start, end=None if length is None else start + timedelta(seconds=length),
        name=data.draw(TEXTS), note=data.draw(TEXTS), timezone=data.draw(st.sampled_from(["UTC", "Asia/Kathmandu"])),
        times_known=data.draw(st.booleans()), billable=data.draw(st.booleans()), hourly_rate=rate,
        currency="" if rate is None else "EUR", rate_is_override=data.draw(st.booleans()), source=Source.API,
        confirmed_at=data.draw(st.none() | INSTANTS), needs_end_check=data.draw(st.booleans()),
        deleted_at=data.draw(st.none() | INSTANTS) if length is not None else None,
        project=data.draw(st.sampled_from([None, project])), version=data.draw(st.integers(0, 2**31 - 1)),
        created_at=data.draw(INSTANTS), updated_at=data.draw(INSTANTS),
    )  # fmt: skip
    session.set_derived_fields()
    TimeSession.objects.bulk_create([session])
    for tag_id in data.draw(st.sets(st.sampled_from(tags))):
        SessionTag.objects.create(user=guest, session=session, tag_id=tag_id)

    stored = TimeSession.objects.get(id=session.id)
    assert snapshot_by_database(guest, {}) == stored.snapshot()
    SessionTag.objects.filter(user=guest).delete()


def snapshot_by_database(user, stand_ins, **instead):
    return TimeSession.objects.filter(user=user).values_list(session_snapshot(user, stand_ins, **instead)).get()[0]


def test_what_will_be_stored_is_written_instead(guest, project):
    now, new = datetime(2026, 3, 2, 8, 0, 0, 5, tzinfo=UTC), UUID(int=7)
    session = services.save_session(guest, WEB, start=now, end=now + timedelta(hours=1), project_id=project.id)
    before = TimeSession.objects.get(id=session.id).snapshot()

    written = snapshot_by_database(guest, {project.id: new}, version=9, end=now, hourly_rate=Decimal("1.5"))

    changed = {"project_id": str(new), "version": 9, "end": now.isoformat(), "hourly_rate": "1.5000"}
    assert written == {**before, **changed}
    assert snapshot_by_database(guest, {new: project.id}) == before
