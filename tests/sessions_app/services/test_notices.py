"""Mails: of a session left running, of sign-ins and changes; once, and only to who wants them"""

import socketserver
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client, override_settings

from sessions_app import services
from tests.factories import WEB, make_account, make_guest, start_session
from tests.sessions_app.services.states import NOW
from users_app.models import Notice, User
from users_app.services.notices import send_notices

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

EMAIL, PASSWORD = "mira@example.org", "correct horse battery"
SIGN_IN = {"login": EMAIL, "password": PASSWORD}


@pytest.fixture(autouse=True)
def with_mail(settings):
    settings.MAIL_IS_CONFIGURED = True
    settings.BASE_URL = "https://time.example.org"


@pytest.fixture
def account():
    return make_account(EMAIL, PASSWORD)


def run():
    out = StringIO()
    call_command("send_notices", stdout=out)
    return out.getvalue().strip()


def subjects():
    return [each.subject.removeprefix("Timetracker: ") for each in mail.outbox]


def test_one_mail_for_each_session_left_running(account, clock):
    start_session(account, "2026-11-22T20:00:00Z", "Logo & more")
    assert run() == "Sent notices: 1."
    assert subjects() == ["“Logo & more” has been running for 13 hours"]
    assert mail.outbox[0].to == [EMAIL]
    assert "https://time.example.org/\n" in mail.outbox[0].body
    clock.move_to(NOW + timedelta(hours=5))
    assert run() == "Sent notices: 0."

    services.stop_timer(account, WEB)
    clock.move_to(NOW + timedelta(days=1))
    services.start_timer(account, WEB)
    clock.move_to(NOW + timedelta(days=2))
    assert run() == "Sent notices: 1."
    assert subjects()[1] == "A session has been running for 24 hours"


@pytest.mark.parametrize("who", ["short", "guest", "does not want", "closed", "no mail"])
def test_nobody_else_gets_one(account, settings, who):
    user = make_guest() if who == "guest" else account
    start_session(user, "2026-11-23T08:50:00Z" if who == "short" else "2026-11-22T20:00:00Z")
    User.objects.filter(pk=account.pk).update(wants_notices=who != "does not want", is_active=who != "closed")
    settings.MAIL_IS_CONFIGURED = who != "no mail"
    run()
    assert mail.outbox == []


def test_sign_ins_and_changes_are_told(account):
    browser = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"})
    browser.post("/signin/", SIGN_IN)
    browser.post("/settings/password/", {"oldpassword": PASSWORD, "password1": "another horse battery"})
    assert mail.outbox == []  # no page waits for the mail
    assert run() == "Sent notices: 2."
    assert subjects() == ["A browser signed in to your account", "Your password was changed"]
    assert "Firefox on Linux signed in." in mail.outbox[0].body


def test_the_deletion_is_told_at_once(account, django_capture_on_commit_callbacks):
    browser = Client()
    browser.force_login(account)
    with django_capture_on_commit_callbacks(execute=True):
        browser.post("/settings/delete/", {"password": PASSWORD})
    assert subjects() == ["Your account is deleted"]
    assert not User.objects.exists()


def test_they_are_switched_off_in_the_settings(account, settings):
    browser = Client()
    browser.force_login(account)
    assert 'name="wants_notices"' in browser.get("/settings/").text
    browser.post("/settings/", {"group": "notices"})
    account.refresh_from_db()
    assert not account.wants_notices
    Client().post("/signin/", SIGN_IN)
    assert not Notice.objects.filter(sent_at=None).exists() or run() == "Sent notices: 0."
    settings.MAIL_IS_CONFIGURED = False
    assert 'name="wants_notices"' not in browser.get("/settings/").text


class MailServer(socketserver.StreamRequestHandler):
    """Takes mails, and answers to one command as it was told: with another line, or not at all."""

    timeout = 1

    def handle(self):
        self._answer("connect", "220 here")
        while command := self.rfile.readline().decode().strip().lower():
            if command == "data":
                self._answer("begin", "354 go on")
                while self.rfile.readline().strip() != b".":
                    pass
                self.server.taken += 1
            self._answer(command.partition(" ")[0], "250 yes")

    def _answer(self, command, usual):
        if (told := self.server.answers.get(command, usual)) is None:
            raise ConnectionAbortedError
        self.wfile.write(f"{told}\r\n".encode())


@pytest.fixture
def mail_server(settings):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailServer) as server:
        server.daemon_threads, server.block_on_close = True, False
        server.taken, server.answers = 0, {}
        server.handle_error = lambda *_about: None
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "answers",
    [
        {"connect": None},
        {"connect": "421 busy"},
        {"mail": "451 later"},
        {"rcpt": "450 later"},
        {"begin": "451 later"},
    ],
)
def test_what_is_not_taken_is_sent_later(account, mail_server, answers):
    Client().post("/signin/", SIGN_IN)
    mail_server.answers = answers
    assert run() == "Sent notices: 0."
    assert mail_server.taken == 0
    mail_server.answers = {}
    assert run() == "Sent notices: 1."
    assert run() == "Sent notices: 0."
    assert mail_server.taken == 1


@pytest.mark.parametrize(("silent_after", "sent"), [("data", 0), ("quit", 1)])
def test_what_may_have_been_taken_is_not_sent_again(account, mail_server, silent_after, sent):
    Client().post("/signin/", SIGN_IN)
    mail_server.answers = {silent_after: None}
    assert run() == f"Sent notices: {sent}."
    mail_server.answers = {}
    assert run() == "Sent notices: 0."
    assert mail_server.taken == 1


def test_a_mail_server_that_is_not_there_gets_them_later(account):
    Client().post("/signin/", SIGN_IN)
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_PORT=1):
        assert run() == "Sent notices: 0."
    assert run() == "Sent notices: 1."


def test_an_interrupted_run_sends_nothing_twice(account, monkeypatch):
    Client().post("/signin/", SIGN_IN)

    def interrupt(*_args, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("users_app.services.notices.send_mail", interrupt)
        with pytest.raises(KeyboardInterrupt):
            send_notices(now=NOW)
    assert run() == "Sent notices: 0."


def test_what_is_old_is_not_sent_and_forgotten(account, clock):
    Client().post("/signin/", SIGN_IN)
    clock.move_to(NOW + timedelta(days=2))
    assert run() == "Sent notices: 0."
    clock.move_to(NOW + timedelta(days=90))
    run()
    assert not Notice.objects.exists()
