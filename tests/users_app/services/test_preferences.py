import pytest

from tests.factories import instant
from timetracker.errors import InvalidInputError, NotFoundError
from users_app.models import User
from users_app.services.preferences import save_preferences


def test_only_what_is_given_is_written(owner):
    User.objects.filter(pk=owner.pk).update(display_name="Changed elsewhere")

    saved = save_preferences(owner, clock="12", week_start=6)

    assert (saved.clock, saved.week_start, saved.display_name) == ("12", 6, "Changed elsewhere")


def test_turning_off_the_last_seen_clears_it(owner):
    User.objects.filter(pk=owner.pk).update(last_seen_at=instant("2026-11-23T09:30:00Z"))

    assert save_preferences(owner, clock="12").last_seen_at == instant("2026-11-23T09:30:00Z")
    assert save_preferences(owner, notes_last_seen=False).last_seen_at is None


def test_every_wrong_field_is_reported_and_nothing_is_changed(owner):
    with pytest.raises(InvalidInputError) as rejected:
        save_preferences(
            owner, timezone="Atlantis/Capital", long_session_hours=25, display_name="a\x07b", date_format="iso"
        )

    assert {(each.field, each.code) for each in rejected.value.errors} == {
        ("timezone", "invalid_timezone"),
        ("long_session_hours", "max_value"),
        ("display_name", "control_character"),
    }
    owner.refresh_from_db()
    assert owner.date_format == "day"


@pytest.mark.parametrize("name", ["is_staff", "email", "password", "id", "nonsense"])
def test_what_is_no_preference_is_a_fault_of_the_caller(owner, name):
    with pytest.raises(TypeError, match=name):
        save_preferences(owner, **{name: "x"})


def test_a_user_who_is_gone_is_not_found(owner):
    User.objects.filter(pk=owner.pk).delete()

    with pytest.raises(NotFoundError):
        save_preferences(owner, clock="12")
