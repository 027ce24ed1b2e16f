"""Mails have our texts: those of django-allauth speak of sites, registering and databases"""

import re
from pathlib import Path

import allauth
import pytest
from allauth.account import app_settings
from allauth.core import context
from django.conf import settings as django_settings
from django.core import mail
from django.template.loader import get_template
from django.test import Client, RequestFactory

from tests.factories import make_account
from tests.pages import NOW
from users_app.adapters import AccountAdapter
from users_app.models import Notice
from users_app.services.notices import send_notices, tell_of_deletion

pytestmark = pytest.mark.django_db

EMAIL, PASSWORD = "mira@example.org", "correct horse battery"
ALLAUTH = Path(allauth.__file__).parent / "templates"
OURS = django_settings.BASE_DIR / "templates"
PREFIXES = sorted(
    path.relative_to(ALLAUTH).as_posix().removesuffix("_subject.txt")
    for app in ("account", "mfa")
    for path in (ALLAUTH / app / "email").glob("*_subject.txt")
)

# What of django-allauth's is never sent, and which setting or page says so.
NOT_SENT = {
    "account/email/account_already_exists": "sign-up is `keep`, which says so on the page",
    "account/email/email_confirmation_signup": "as above; `keep` sends `email_confirmation`",
    "account/email/login_code": "ACCOUNT_LOGIN_BY_CODE_ENABLED and codes to say again who it is are off",
    "account/email/password_reset_code": "ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED is off",
}
# What it tells of by the way, which becomes a notice or nothing.
TOLD = {
    "account/email/email_changed": None,  # by `finish_email_change`
    "account/email/email_confirm": None,  # whoever confirmed it knows
    "account/email/email_deleted": None,
    "account/email/password_changed": Notice.Kind.PASSWORD_CHANGED,
    "account/email/password_reset": Notice.Kind.PASSWORD_CHANGED,
    "account/email/password_set": Notice.Kind.PASSWORD_CHANGED,
    "mfa/email/recovery_codes_generated": Notice.Kind.SECOND_FACTOR_CHANGED,
    "mfa/email/totp_activated": Notice.Kind.SECOND_FACTOR_CHANGED,
    "mfa/email/totp_deactivated": Notice.Kind.SECOND_FACTOR_CHANGED,
    "mfa/email/webauthn_added": Notice.Kind.SECOND_FACTOR_CHANGED,
    "mfa/email/webauthn_removed": Notice.Kind.SECOND_FACTOR_CHANGED,
}
WORDS = r"user account|register|sign up|signup|log ?in|database|receiving|example\.com|procedure|!"


@pytest.fixture(autouse=True)
def with_mail(settings):
    settings.MAIL_IS_CONFIGURED = True
    settings.BASE_URL = "https://time.example.org"


def test_the_mails_of_the_library_are_found():
    assert len(PREFIXES) > 15
    assert set(PREFIXES) >= NOT_SENT.keys() | TOLD.keys()
    assert NOT_SENT.keys().isdisjoint(TOLD)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_each_mail_is_ours_or_not_sent(prefix):
    if prefix in NOT_SENT:
        return
    if prefix in TOLD:
        with context.request_context(RequestFactory().get("/")):
            AccountAdapter().send_notification_mail(prefix, make_account(EMAIL, PASSWORD))
        assert [each.kind for each in Notice.objects.all()] == ([TOLD[prefix]] if TOLD[prefix] else [])
        assert not mail.outbox
        return
    for part in ("subject", "message"):
        origin = Path(get_template(f"{prefix}_{part}.txt").origin.name)
        assert origin.is_relative_to(OURS), origin


@pytest.mark.parametrize("switch", ["LOGIN_BY_CODE_ENABLED", "PASSWORD_RESET_BY_CODE_ENABLED"])
def test_what_is_not_sent_is_off(switch):
    assert not getattr(app_settings, switch)
    assert "code" not in app_settings.REAUTHENTICATION_METHODS


def ask_for_a_password(email):
    Client().post("/signin/password/", {"email": email})


def keep():
    client = Client()
    client.post("/keep/", {"email": EMAIL, "password": PASSWORD})
    return client


def notice(kind):
    details = {"name": "Logo", "hours": "9", "device": "Firefox on Linux", "email": "new@example.org"}
    user = make_account(EMAIL, PASSWORD)
    Notice.objects.create(user=user, kind=kind, created_at=NOW, email=EMAIL, about=user.pk, details=details)
    send_notices(now=NOW)


SENT = {
    "confirm": (keep, "Confirm your address"),
    "reset": (lambda: (make_account(EMAIL, PASSWORD), ask_for_a_password(EMAIL)), "Choose a new password"),
    "not confirmed": (lambda: (keep(), ask_for_a_password(EMAIL)), "Confirm your address first"),
    "unknown": (lambda: ask_for_a_password(EMAIL), "No account with this address"),
    "deleted": (lambda: tell_of_deletion(EMAIL), "Your account is deleted"),
    "forgotten": (lambda: notice("forgotten"), "“Logo” has been running for 9 hours"),
    "signed in": (lambda: notice("signed_in"), "A browser signed in to your account"),
    "password": (lambda: notice("password_changed"), "Your password was changed"),
    "e-mail": (lambda: notice("email_changed"), "Your account has another e-mail address"),
    "second factor": (
        lambda: notice("second_factor_changed"),
        "A passkey, second factor or recovery code of your account was changed",
    ),
}


@pytest.mark.parametrize("name", SENT)
def test_each_mail_says_in_our_words_what_it_is_about(name):
    act, subject = SENT[name]
    act()
    sent = mail.outbox[-1]
    assert (sent.to, sent.subject) == ([EMAIL], f"Timetracker: {subject}")
    assert "https://time.example.org" in sent.body
    assert "testserver" not in sent.body
    assert "&" not in sent.body
    assert re.findall(WORDS, sent.subject + sent.body, re.IGNORECASE) == []


def test_every_kind_of_notice_is_looked_at():
    source = Path(__file__).read_text()
    assert [kind.value for kind in Notice.Kind if f'notice("{kind.value}")' not in source] == []
