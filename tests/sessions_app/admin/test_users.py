"""Users in the admin, and how operators come to be."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.admin.models import DELETION, LogEntry
from django.core.management import CommandError, call_command
from django.test import Client as Browser

from sessions_app import services
from sessions_app.admin import users as users_admin
from sessions_app.models import Change, Client, Project, Share, Tag, TimeSession
from tests.admin import USERS, Operator
from tests.factories import WEB, make_account, make_guest, make_session, make_token
from tests.pages import flat
from tests.query_plans import queries_of
from timetracker import clock
from users_app.models import AccessToken, Notice, Scope, User, hash_secret
from users_app.services.links import issue_sign_in_link
from users_app.services.recovery import replace_code

PASSWORD = "correct horse battery"
TOO_SHORT = "This password is too short. It must contain at least 10 characters."
PAGES = ["", "add/", "{id}/change/", "{id}/history/", "{id}/delete/", "{id}/password/"]


@pytest.fixture
def operator(db) -> Operator:
    return Operator()


@pytest.fixture
def account(db) -> User:
    return make_account("mira@example.org", display_name="Mira")


def change_page(user: User) -> str:
    return f"{USERS}{user.pk}/change/"


def errors(response) -> dict[str, list[str]]:
    assert response.status_code == 200
    return dict(response.context["adminform"].form.errors)


def sessions_of(user: User, count: int) -> None:
    for number in range(count):
        make_session(user, f"2026-11-20T{number:02}:00:00Z", f"2026-11-20T{number:02}:30:00Z")


# Operators


@pytest.mark.django_db
def test_an_operator_is_made_and_signs_in(client, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "Ops@Example.org")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", interactive=False, verbosity=0)
    user = User.objects.get()
    assert (user.email, user.is_staff, user.is_superuser) == ("ops@example.org", True, True)
    response = client.post("/signin/", {"login": "OPS@example.ORG", "password": PASSWORD, "next": "/admin/"})
    assert response["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


@pytest.mark.django_db
def test_an_operator_is_not_made_twice(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", interactive=False, email="ops@example.org", stdout=StringIO())
    with pytest.raises(CommandError, match="already taken"):
        call_command("createsuperuser", interactive=False, email="OPS@example.org", stdout=StringIO())


@pytest.mark.parametrize(
    ("email", "password"),
    [("ops@example.org", "wrong"), ("mira@example.org", "correct horse battery"), ("", ""), ("None", "")],
)
def test_nobody_else_comes_in(client, operator, account, email, password):
    make_guest()
    client.post("/signin/", {"login": email, "password": password})
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/signin/?next=%2Fadmin%2F"
    client.post("/admin/login/", {"username": "ops@example.org", "password": PASSWORD})
    assert client.get("/admin/").status_code == 302


# Looking


def test_the_list_shows_who_uses_the_product(operator, account):
    guest = make_guest()
    sessions_of(account, 3)
    services.delete_session(account, WEB, TimeSession.objects.for_user(account).first().pk)
    response = operator.get(USERS)
    page = response.content.decode()
    for text in ("mira@example.org", str(guest), "Account", "Guest"):
        assert text in page
    listed = {user.pk: user for user in response.context["cl"].result_list}
    assert (listed[account.pk].session_count, listed[guest.pk].session_count) == (2, 0)
    assert listed[account.pk].active_at == Change.objects.latest("id").changeset.at
    assert listed[guest.pk].active_at is None


def test_many_sessions_are_not_counted_to_the_end(operator, account, monkeypatch):
    monkeypatch.setattr(users_admin, "MAX_COUNTED", 2)
    sessions_of(account, 4)
    assert "over 2" in operator.get(USERS).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?kind=guest", {"guest"}),
        ("?kind=account", {"account", "operator"}),
        ("?q=MIRA@", {"account"}),
        ("?q=visit", {"guest"}),
        ("?q=nobody", set()),
        ("?is_staff__exact=1", {"operator"}),
    ],
)
def test_the_list_is_searched_and_filtered(operator, account, query, found):
    users = {"guest": make_guest(display_name="A visitor"), "account": account, "operator": operator.user}
    listed = set(operator.get(USERS + query).context["cl"].result_list)
    assert listed == {users[name] for name in found}


def test_a_user_is_found_by_id(operator, account):
    assert list(operator.get(USERS, {"q": str(account.pk)}).context["cl"].result_list) == [account]
    assert list(operator.get(USERS, {"q": str(uuid4())}).context["cl"].result_list) == []


def test_more_rows_take_no_more_queries(operator):
    def add(count):
        for _ in range(count):
            sessions_of(make_guest(), 1)

    add(5)
    operator.get(USERS)  # the first page of a day renews the cookie
    few = len(queries_of(lambda: operator.get(USERS)))
    add(44)
    assert len(queries_of(lambda: operator.get(USERS))) == few
    assert operator.get(USERS).content.count(b'name="_selected_action"') == 50


def test_more_tokens_take_no_more_queries(operator, account):
    make_token(account)
    operator.get(change_page(account))  # the first page of a day renews the cookie, and Django learns its tables' names
    few = len(queries_of(lambda: operator.get(change_page(account))))
    for _ in range(10):
        make_token(account)
    assert len(queries_of(lambda: operator.get(change_page(account)))) == few


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_and_keeps_secrets(operator, account, path):
    secret = make_token(account, Scope.READ, Scope.TRACK)
    response = operator.get(USERS + path.format(id=account.pk))
    page = response.content.decode()
    assert response.status_code == 200
    for hidden in (secret, hash_secret(secret), hash_secret(secret)[:16], account.password, "secret_hash"):
        assert hidden not in page
    assert "unsafe" not in response["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son\w+=", page)


@pytest.mark.parametrize("path", PAGES)
def test_only_operators_get_in(client, account, path):
    client.force_login(account)
    assert client.get(USERS + path.format(id=account.pk))["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("query", ["password__startswith=a", "access_tokens__secret_hash__startswith=a"])
def test_secrets_cannot_be_guessed_by_filters(operator, account, query):
    assert operator.get(f"{USERS}?{query}").status_code == 400
    assert operator.get(f"/admin/sessions_app/timesession/?user__{query}").status_code == 400


def test_a_user_leads_to_their_sessions(operator, account):
    sessions_of(account, 2)
    sessions_of(make_guest(), 1)
    page = operator.get(change_page(account)).content.decode()
    (address,) = re.findall(r'href="(/admin/sessions_app/timesession/\?[^"]*)"', page)
    assert operator.get(address).context["cl"].result_count == 2


# Tokens


def test_tokens_are_shown_and_not_edited(operator, account):
    token, _secret = AccessToken.objects.issue(account, name="Laptop", scopes=(Scope.READ, Scope.TRACK))
    page = operator.get(change_page(account)).content.decode()
    for text in (token.prefix, "Laptop", "read, track"):
        assert text in page
    assert not re.search(r'name="access_tokens-\d-(name|scopes|prefix|expires_at)', page)
    assert '"addText": "Add another Access token"' not in page
    assert 'name="access_tokens-1-id"' not in page


def test_a_token_is_revoked(operator, account):
    first, _ = AccessToken.objects.issue(account, name="First")
    second, _ = AccessToken.objects.issue(account, name="Second")
    page = operator.get(change_page(account)).content.decode()
    (row,) = re.findall(rf'name="access_tokens-(\d)-id" value="{first.pk}"', page)
    response = operator.submit(change_page(account), **{f"access_tokens-{row}-DELETE": "on"})
    assert response.status_code == 302
    assert list(AccessToken.objects.all()) == [second]


# Writing


def test_an_account_is_added(operator):
    data = {"email": "New@Example.org", "password1": PASSWORD, "password2": PASSWORD}
    assert operator.post(f"{USERS}add/", data).status_code == 302
    user = User.objects.get_by_natural_key("new@example.org")
    assert user.check_password(PASSWORD)
    assert (user.is_guest, user.is_staff) == (False, False)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"email": ""}, "email", "This field is required."),
        ({"email": "MIRA@example.org"}, "email", "User with this E-mail already exists."),
        ({"password2": "other"}, "password2", "The two password fields didn’t match."),
        ({"password1": "short", "password2": "short"}, "password2", TOO_SHORT),
    ],
)  # fmt: skip
def test_an_account_is_not_added_when_something_is_wrong(operator, account, changes, field, message):
    data = {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD, **changes}
    assert message in errors(operator.post(f"{USERS}add/", data))[field]
    assert User.objects.count() == 2


def test_an_account_is_changed(operator, account):
    response = operator.submit(change_page(account), display_name="Mira B", email="Mira.B@example.org", week_start="6")
    assert response.status_code == 302
    password = account.password
    account.refresh_from_db()
    assert (account.display_name, account.email, account.week_start) == ("Mira B", "mira.b@example.org", 6)
    assert account.password == password


def test_another_address_leaves_nothing_to_the_one_before(operator, account, client, settings, mailoutbox):
    settings.MAIL_IS_CONFIGURED = True
    EmailAddress.objects.create(user=account, email=account.email, primary=True, verified=True)
    EmailAddress.objects.create(user=account, email="begun@example.org")

    operator.submit(change_page(account), email="New@example.org", display_name="Mira B")

    account.refresh_from_db()
    assert (account.email, account.display_name) == ("new@example.org", "Mira B")
    assert list(EmailAddress.objects.values_list("email", "primary", "verified")) == [("new@example.org", True, True)]
    assert Notice.objects.get(kind=Notice.Kind.EMAIL_CHANGED).email == "mira@example.org"
    for email, is_known in [("mira@example.org", False), ("new@example.org", True)]:
        client.post("/signin/password/", {"email": email})
        assert (account.pk.hex in mailoutbox[-1].body) == is_known


def test_another_address_ends_the_browsers_but_not_the_one_that_gave_it(operator, account):
    browser = Browser()
    browser.force_login(account)
    operator.submit(change_page(account), email="new@example.org")
    assert "Sign out" not in browser.get("/settings/").text

    assert operator.submit(change_page(operator.user), email="ops@example.org").status_code == 302
    assert operator.get("/admin/").status_code == 200


def test_what_else_is_changed_leaves_the_addresses(operator, account):
    EmailAddress.objects.create(user=account, email=account.email, primary=True, verified=True)
    operator.submit(change_page(account), display_name="Mira B")
    assert EmailAddress.objects.get().verified
    assert not Notice.objects.exists()


def test_a_guest_is_given_an_address(operator):
    guest = make_guest()
    browser = Browser()
    browser.force_login(guest)
    operator.submit(change_page(guest), email="new@example.org")
    assert "Sign out" in browser.get("/settings/").text
    guest.refresh_from_db()
    assert guest.email == EmailAddress.objects.get(user=guest).email == "new@example.org"


def test_a_rate_and_a_currency_are_given_and_sessions_stay_as_they_are(operator, account):
    sessions_of(account, 1)
    assert operator.submit(change_page(account), hourly_rate="80.5", currency="usd").status_code == 302
    account.refresh_from_db()
    assert (account.hourly_rate, account.currency) == (Decimal("80.5"), "USD")
    assert TimeSession.objects.for_user(account).get().hourly_rate is None


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"hourly_rate": "-1"}, "hourly_rate", "Ensure this value is greater than or equal to 0."),
        ({"currency": "XYZ"}, "currency",
         "“XYZ” is not a currency. Give three letters of ISO 4217, such as EUR or USD."),
        ({"currency": ""}, "currency", "This field is required."),
    ],
)  # fmt: skip
def test_a_wrong_rate_or_currency_is_an_error(operator, account, changes, field, message):
    assert errors(operator.submit(change_page(account), **changes)) == {field: [message]}


def test_an_account_keeps_an_address_and_a_guest_needs_none(operator, account):
    assert "email" in errors(operator.submit(change_page(account), email=""))
    guests = [make_guest(), make_guest()]
    for guest in guests:
        assert operator.submit(change_page(guest), display_name="Visitor").status_code == 302
    assert User.objects.filter(email=None, display_name="Visitor").count() == 2


def test_a_guest_has_no_password(operator):
    guest = make_guest()
    assert "../password/" not in operator.get(change_page(guest)).content.decode()
    page = operator.get(f"{USERS}{guest.pk}/password/", follow=True)
    assert "A guest has no password. Give the user an e-mail first." in page.content.decode()


def test_a_password_is_set(operator, account):
    assert "../password/" in operator.get(change_page(account)).content.decode()
    other = "another long secret"
    data = {"password1": other, "password2": other, "usable_password": "true", "set-password": "Change"}
    assert operator.post(f"{USERS}{account.pk}/password/", data).status_code == 302
    account.refresh_from_db()
    assert account.check_password(other)


def set_password(operator, user, **fields):
    other = "another long secret"
    data = {"password1": other, "password2": other, "usable_password": "true", "set-password": "Change"}
    return operator.post(f"{USERS}{user.pk}/password/", data | fields, follow=True)


@pytest.mark.parametrize("fields", [{}, {"usable_password": "false", "unset-password": "Disable"}])
def test_a_password_that_is_set_is_a_reset(operator, account, client, settings, fields):
    settings.MAIL_IS_CONFIGURED = True
    make_token(account)
    code = replace_code(account, now=clock.now())
    link = urlsplit(issue_sign_in_link(account.email, now=clock.now())).path
    services.share(account, WEB, page="report", query="period=month")
    TOTP.activate(account, "ABCDEFGHIJKLMNOP")
    client.force_login(account)

    page = set_password(operator, account, **fields)

    assert "Nothing else opens the account any more" in flat(page)
    assert not AccessToken.objects.exists()
    assert not Authenticator.objects.exists()
    assert not Share.objects.filter(secret_hash__isnull=False).exists()
    assert "Sign out" not in client.get("/settings/").text
    assert "This code opens nothing." in flat(client.post("/signin/", {"code": code}))
    assert client.post(link, {}).status_code == 404
    assert Notice.objects.get(kind=Notice.Kind.PASSWORD_CHANGED).user == account


def test_a_password_that_is_not_taken_ends_nothing(operator, account):
    make_token(account)
    set_password(operator, account, password2="typed otherwise")
    set_password(operator, account, usable_password="false")  # by the other button, which Django refuses
    assert AccessToken.objects.exists()


def test_an_operator_stays_after_a_new_password(operator):
    other = Browser()
    other.force_login(operator.user)
    assert set_password(operator, operator.user).status_code == 200
    assert operator.get("/admin/").status_code == 200
    assert "Sign out" not in other.get("/settings/").text


def test_instants_look_alike_and_say_their_zone(operator, account):
    """In lists and on pages; by default Django writes “Nov. 20, 2026, 9 a.m.” and does not say of which zone."""
    sessions_of(account, 1)
    account.created_at = account.last_login = datetime(2026, 11, 20, 9, tzinfo=UTC)
    account.save()
    for page in ("/admin/users_app/user/", change_page(account), "/admin/sessions_app/timesession/"):
        shown = operator.get(page).text
        assert not re.search(r"\d (a|p)\.m\.|\+00:00", shown)
        assert re.search(r"2026-11-20 \d\d:\d\d:\d\d( UTC)?<", shown)


def test_only_a_superuser_gives_rights(client, account, operator):
    from django.contrib.auth.models import Permission

    helper = make_account("helper@example.org", is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(content_type__app_label="users_app"))
    client.force_login(helper)
    form = client.get(change_page(account)).context["adminform"].form
    assert not {"is_staff", "is_superuser", "user_permissions"} & set(form.fields)


# Deleting


def test_a_deleted_user_takes_everything_along(operator, account, django_capture_on_commit_callbacks):
    sessions_of(account, 3)
    services.delete_session(account, WEB, TimeSession.objects.for_user(account).first().pk)
    make_token(account)
    client = services.create_entry(account, WEB, Client, name="Beta Ltd")
    project = services.create_entry(account, WEB, Project, name="Logo", client_id=client.id)
    make_session(account, "2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z", project_id=project.id, tags=["print"])
    guest = make_guest()
    sessions_of(guest, 1)
    page = operator.get(f"{USERS}{account.pk}/delete/").content.decode()
    assert "Sessions, with those in the Trash: 4" in page
    assert "Clients, projects and tags, with deleted ones: 3" in page
    assert "Recorded changes: 8" in page
    with django_capture_on_commit_callbacks(execute=True):
        assert operator.post(f"{USERS}{account.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=account.pk).exists()
    assert not any(model.objects.exists() for model in (Client, Project, Tag))
    assert (Change.objects.count(), AccessToken.objects.count()) == (1, 0)
    assert TimeSession.objects.for_user(guest).count() == 1
    assert [each.object_id for each in LogEntry.objects.filter(action_flag=DELETION)] == [str(account.pk)]


def test_who_is_deleted_is_out_at_once_and_gets_no_mail(operator, account, mailoutbox):
    browser = Browser()
    browser.force_login(account)
    sessions_of(account, 1)
    operator.post(f"{USERS}{account.pk}/delete/", {"post": "yes"})
    account.refresh_from_db()
    assert (account.is_active, account.email) == (False, None)
    assert "Sign out" not in browser.get("/settings/").text
    assert not mailoutbox


def test_several_are_deleted_at_once(operator, account, django_capture_on_commit_callbacks):
    guest = make_guest()
    sessions_of(guest, 2)
    form = {"action": "delete_selected", "_selected_action": [str(guest.pk), str(account.pk)]}
    assert "Sessions, with those in the Trash: 2" in operator.post(USERS, form).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert operator.post(USERS, {**form, "post": "yes"}).status_code == 302
    assert list(User.objects.all()) == [operator.user]
    assert not Change.objects.exists()


def test_what_an_operator_did_outlives_them(operator, account, client):
    sessions_of(account, 1)
    session = TimeSession.objects.for_user(account).get()
    operator.submit(f"/admin/sessions_app/timesession/{session.pk}/change/", name="Corrected")
    operator.user.delete()
    assert list(Change.objects.order_by("id").values_list("changeset__source", "changeset__operator")) == [
        ("web", None),
        ("admin", None),
    ]
