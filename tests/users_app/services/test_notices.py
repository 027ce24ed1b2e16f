"""Notices go to the address that was the account's when it happened, whoever has the account now"""

from io import StringIO
from uuid import uuid4

import pytest
from django.core import mail
from django.core.management import call_command

from tests.factories import make_account
from tests.pages import NOW
from users_app.models import Notice, User
from users_app.services.accounts import change_email
from users_app.services.notices import add_notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

OLD, NEW = "mira@example.org", "new@example.org"


@pytest.fixture(autouse=True)
def with_mail(settings):
    settings.MAIL_IS_CONFIGURED = True


@pytest.fixture
def account():
    return make_account(OLD)


def sent():
    call_command("send_notices", stdout=StringIO())
    return [(each.to, each.subject.removeprefix("Timetracker: ")) for each in mail.outbox]


def test_the_address_before_is_told_of_another_one(account):
    change_email(account, NEW, now=NOW)
    assert sent() == [([OLD], "Your account has another e-mail address")]
    assert f"It signs in with {NEW} from now on" in mail.outbox[0].body


def test_it_is_told_whatever_the_settings_say_then_or_later(account):
    User.objects.update(wants_notices=False)
    account.refresh_from_db()
    change_email(account, NEW, now=NOW)
    assert sent() == [([OLD], "Your account has another e-mail address")]

    User.objects.update(wants_notices=True)
    account.refresh_from_db()
    change_email(account, OLD, now=NOW)
    User.objects.update(wants_notices=False)
    assert sent()[1:] == [([NEW], "Your account has another e-mail address")]


def test_what_happened_before_goes_to_the_address_before(account):
    add_notice(account, Notice.Kind.PASSWORD_CHANGED, now=NOW)
    change_email(account, NEW, now=NOW)
    account.refresh_from_db()
    add_notice(account, Notice.Kind.SECOND_FACTOR_CHANGED, now=NOW)
    assert [to for to, _subject in sent()] == [[OLD], [OLD], [NEW]]


def test_one_of_before_there_were_addresses_goes_to_the_present_one(account):
    Notice.objects.create(user=account, kind=Notice.Kind.PASSWORD_CHANGED, about=uuid4(), created_at=NOW)
    assert sent() == [([OLD], "Your password was changed")]


def test_a_first_address_is_told_to_nobody(account):
    guest = User.objects.create_guest()
    change_email(guest, NEW, now=NOW)
    assert sent() == []
