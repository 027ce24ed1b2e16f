"""People and tokens as they are stored."""

import hashlib
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from users_app.models import AccessToken, Scope, User, WeekStart, hash_secret, is_well_formed, make_secret

PASSWORD = "correct horse battery"


@pytest.mark.django_db
def test_a_guest_has_neither_address_nor_password():
    guest = User.objects.create_guest()
    assert guest.is_guest
    assert not guest.has_usable_password()
    assert not guest.is_staff
    assert re.fullmatch(r"Guest [0-9a-f]{8}", str(guest))
    assert str(User.objects.create_guest(display_name="Visitor")) == "Visitor"


@pytest.mark.django_db
def test_a_guest_lives_in_a_zone_that_exists():
    with pytest.raises(ValidationError, match="“Mars/Base” is not a time zone"):
        User.objects.create_guest(timezone="Mars/Base")


@pytest.mark.django_db
def test_an_account_keeps_its_address_in_lower_case():
    user = User.objects.create_user("Mira@Example.ORG", PASSWORD)
    assert (user.email, str(user), user.is_guest, user.is_staff) == ("mira@example.org",) * 2 + (False, False)
    assert user.check_password(PASSWORD)
    assert User.objects.get_by_natural_key("MIRA@EXAMPLE.org") == user


@pytest.mark.django_db
def test_an_account_needs_an_address():
    with pytest.raises(ValueError, match="needs an e-mail"):
        User.objects.create_user("", PASSWORD)
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(None)


@pytest.mark.django_db
def test_an_address_belongs_to_one():
    User.objects.create_user("mira@example.org", PASSWORD)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("MIRA@example.org", PASSWORD)


@pytest.mark.django_db
def test_many_guests_share_no_address():
    for _ in range(2):
        guest = User.objects.create_guest()
        guest.email = ""
        guest.clean()
        guest.save()
    assert User.objects.filter(email__isnull=True).count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"email": "Mira@example.org"}, "user_email_lower_case"),
        ({"week_start": 7}, "user_week_start_is_a_weekday"),
        ({"day_goal_seconds": 59}, "user_day_goal_within_a_day"),
        ({"day_goal_seconds": 86_401}, "user_day_goal_within_a_day"),
        ({"week_goal_seconds": 0}, "user_week_goal_within_a_week"),
        ({"week_goal_seconds": 604_801}, "user_week_goal_within_a_week"),
    ],
)
def test_the_database_rejects(change, constraint):
    guest = User.objects.create_guest()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        User.objects.filter(pk=guest.pk).update(**change)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value"),
    [("week_start", 7), *(("day_goal_seconds", each) for each in (59, 86_401)), ("week_goal_seconds", 604_801)],
)
def test_a_guest_has_nothing_that_the_database_rejects(name, value):
    with pytest.raises(ValidationError) as error:
        User.objects.create_guest(**{name: value})
    assert list(error.value.message_dict) == [name]


@pytest.mark.django_db
def test_a_guest_gets_an_address_in_lower_case():
    assert User.objects.create_guest(email="Mira@example.org").email == "mira@example.org"


@pytest.mark.django_db
def test_an_operator_is_a_superuser():
    user = User.objects.create_superuser("ops@example.org", PASSWORD)
    assert (user.is_staff, user.is_superuser, user.is_active) == (True, True, True)


def test_weeks_begin_on_a_weekday():
    assert User(week_start=WeekStart.SUNDAY).get_week_start_name() == "sunday"
    assert User().get_week_start_name() == "monday"


def test_a_zone_that_this_system_does_not_know_reads_as_utc():
    assert str(User(timezone="Europe/Berlin").zone) == "Europe/Berlin"
    assert str(User(timezone="Moon/Base").zone) == "UTC"


# Tokens


def test_a_secret_is_long_random_and_says_what_it_is():
    secrets = {make_secret() for _ in range(1_000)}
    assert len(secrets) == 1_000
    assert all(re.fullmatch(r"tt_[0-9A-Za-z]{42}", secret) for secret in secrets)
    assert all(is_well_formed(secret) for secret in secrets)


@pytest.mark.parametrize(
    "damage",
    [
        lambda secret: "",
        lambda secret: "tt_",
        lambda secret: secret[:-1],
        lambda secret: secret + "0",
        lambda secret: "xx_" + secret[3:],
        lambda secret: secret[3:],
        lambda secret: secret.swapcase(),
        lambda secret: secret[:3] + ("a" if secret[3] != "a" else "b") + secret[4:],
        lambda secret: secret[:-1] + ("a" if secret[-1] != "a" else "b"),
        lambda secret: secret + "\n",
        lambda secret: "ä" * 45,
    ],
)
def test_a_damaged_secret_is_known_without_the_database(damage):
    assert not is_well_formed(damage(make_secret()))


@pytest.mark.django_db
def test_a_token_keeps_the_hash_of_its_secret_and_how_it_begins():
    user = User.objects.create_guest()
    token, secret = AccessToken.objects.issue(user, name="Laptop", scopes=(Scope.READ,))
    token.refresh_from_db()
    assert token.secret_hash == hash_secret(secret) == hashlib.sha256(secret.encode()).hexdigest()
    assert (token.prefix, len(token.prefix), token.scopes) == (secret[:9], 9, ["read"])
    assert str(token) == f"{secret[:9]}… Laptop"
    assert not any(secret in str(value) for value in AccessToken.objects.values().get().values())


@pytest.mark.parametrize(
    ("granted", "allowed"),
    [
        ([], set()),
        (["read"], {"read"}),
        (["track"], {"read", "track"}),
        (["write"], {"read", "track", "write"}),
        (["account"], {"read", "account"}),
        (["read", "track", "write", "account"], {"read", "track", "write", "account"}),
    ],
)
def test_scopes_include_each_other(granted, allowed):
    token = AccessToken(scopes=granted)
    assert {scope.value for scope in Scope if token.allows(scope)} == allowed
