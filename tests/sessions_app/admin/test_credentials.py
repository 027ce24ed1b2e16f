"""What an operator sees of tokens, feeds, links and second factors, and who may change an operator"""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Permission
from django.test import Client

from sessions_app import services
from sessions_app.models import Share, TimeSession
from tests.admin import SESSIONS, USERS, Operator
from tests.factories import WEB, make_account
from tests.pages import flat
from users_app.models import CalendarFeed, User
from users_app.services.feeds import issue_feed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SECRET = "ABCDEFGHIJKLMNOP"


@pytest.fixture
def operator():
    return Operator()


@pytest.fixture
def account():
    return make_account("mira@example.org")


def rows_of(prefix, objects, **changes):
    """What a browser sends of an inline."""
    form = {f"{prefix}-TOTAL_FORMS": str(len(objects)), f"{prefix}-INITIAL_FORMS": str(len(objects))}
    for number, each in enumerate(objects):
        form[f"{prefix}-{number}-id"] = str(each.pk)
    return form | changes


def test_feeds_and_second_factors_are_listed_without_secrets_and_deleted(operator, account):
    feed, secret = issue_feed(account, "Desk")
    TOTP.activate(account, SECRET)
    page = operator.get(f"{USERS}{account.pk}/change/").text
    assert feed.prefix in page
    assert "Desk" in page
    assert "TOTP Authenticator" in page
    for hidden in (secret, feed.secret_hash, SECRET):
        assert hidden not in page

    fields = rows_of("calendar_feeds", [feed], **{"calendar_feeds-0-DELETE": "on"})
    fields |= rows_of("authenticator_set", Authenticator.objects.all(), **{"authenticator_set-0-DELETE": "on"})
    assert operator.submit(f"{USERS}{account.pk}/change/", **fields).status_code == 302
    assert not CalendarFeed.objects.exists()
    assert not Authenticator.objects.exists()


def test_share_links_are_listed_without_what_opens_them(operator, account):
    fields = {"page": "report", "query": "period=month", "password": "correct horse"}
    shown, secret = services.share(account, WEB, name="For Acme", **fields)
    revoked, _secret = services.share(account, WEB, name="For Beta", **fields)
    services.revoke_share(account, WEB, revoked.id)
    page = operator.get(f"{USERS}{account.pk}/change/").text
    assert "For Acme" in page
    for hidden in ("For Beta", secret, shown.secret_hash, shown.password):
        assert hidden not in page
    assert operator.submit(f"{USERS}{account.pk}/change/").status_code == 302
    assert Share.objects.filter(user=account, deleted_at=None).get() == shown


@pytest.mark.parametrize("path", ["/admin/mfa/authenticator/", "/admin/account/emailaddress/", "/admin/mfa/"])
def test_pages_of_the_library_are_not_there(operator, path):
    assert operator.get(path).status_code == 404
    assert "Authenticators" not in operator.get("/admin/").text


def test_only_a_superuser_changes_operators(operator, account):
    helper = make_account("helper@example.org")
    helper.is_staff = True
    helper.save()
    helper.user_permissions.set(Permission.objects.filter(content_type__app_label="users_app"))
    client = Client()
    client.force_login(helper)
    page = f"{USERS}{operator.user.pk}"
    assert 'name="email"' in client.get(f"{USERS}{account.pk}/change/").text
    assert 'name="email"' not in client.get(f"{page}/change/").text
    for path, form in (
        (f"{page}/password/", {"password1": "stolen horse battery", "password2": "stolen horse battery"}),
        (f"{page}/change/", {"email": "thief@example.org"}),
        (f"{page}/delete/", {"post": "yes"}),
    ):
        assert client.post(path, form).status_code == 403, path
    form = {"action": "delete_selected", "_selected_action": [str(operator.user.pk)], "post": "yes"}
    client.post(USERS, form)
    assert User.objects.get(pk=operator.user.pk).check_password("correct horse battery")
    assert 'name="email"' in operator.get(f"{USERS}{helper.pk}/change/").text


def test_the_history_is_that_of_the_record(operator, account, client):
    client.force_login(account)
    client.post("/timer/start/", {"id": "0197f0c0-0000-7000-8000-000000000001", "name": "Linocut"})
    session = TimeSession.objects.for_user(account).get()
    for path in (f"{USERS}{account.pk}/history/", f"{SESSIONS}{session.pk}/history/"):
        page = flat(operator.get(path))
        assert "Linocut" in page, path
        assert "doesn’t have a change history" not in page
