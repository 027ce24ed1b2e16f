"""Every page with an id in its address: another's id is like one that is nowhere

The list of pages is the product's own, so that a new one is tested without being named here.
"""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from time_machine import travel

from sessions_app.models import Change
from tests.ownership import UNSHARED, rows_of_all, with_everything

pytestmark = [pytest.mark.django_db, pytest.mark.slow(reason="sends each form to somebody else")]

PAGES = {
    str(each.pattern): each.name
    for include in get_resolver().url_patterns
    if str(include.pattern) == ""
    for each in include.url_patterns
    if isinstance(each, URLPattern) and "<uuid:" in str(each.pattern)
}
EACH = pytest.mark.parametrize("page", sorted(PAGES))


TODAY = "2026-11-23T12:00:00Z"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(TODAY, tick=False)


@pytest.fixture(scope="module")
def owner_things(module_db):
    with travel(TODAY, tick=False):
        return with_everything("owner")


@pytest.fixture(scope="module")
def another(module_db):
    with travel(TODAY, tick=False):
        return with_everything("another").user


def browser_of(user):
    """One that sends no CSRF token fails nothing here; those of pages have their own tests."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def address(page, ids):
    """`projects/<uuid:entry_id>/` with the id of a project."""
    page = page.replace("<str:field>", "name")
    kind = page.partition("s/")[0]
    return "/" + re.sub(r"<uuid:(\w+)>", lambda found: ids[f"{kind}_id" if found[1] == "entry_id" else found[1]], page)


def said(response):
    """What an answer says, but for ids, secrets and instants, which are of the moment or of what was asked for."""
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", response.content.decode())
    return response.get("Location"), re.sub(r'(value|nonce)="[\w+/=-]+"', "", text)


def test_the_pages_are_found():
    assert {
        "session_edit",
        "session_delete",
        "session_restore",
        "project_detail",
        "client_repricing",
        "feed_revoke",
    } <= set(PAGES.values())


@EACH
@pytest.mark.parametrize("who", ["another", "nobody"])
def test_anothers_page_is_like_one_that_is_nowhere(owner_things, another, page, who):
    user = another if who == "another" else None
    before, theirs = rows_of_all(), address(page, owner_things.ids)
    untold = [each for each in owner_things.untold if each not in {UNSHARED, *theirs.split("/")}]
    nowhere = address(page, {name: str(uuid4()) for name in owner_things.ids})

    statuses = set()
    for method in ("get", "head", "post"):
        told, nothing = (getattr(browser_of(user), method)(path) for path in (theirs, nowhere))
        statuses.add(told.status_code)
        assert told.status_code == nothing.status_code
        assert said(told) == said(nothing)
        assert [each for each in untold if each in told.content.decode()] == []

    # What is only pressed leads home when it is opened.
    assert 404 in statuses
    assert statuses <= {404, 405, 302}
    assert rows_of_all() == before


@EACH
def test_the_page_of_the_user_is_there(owner_things, page):
    """So that what others do not find is not missing for a fault of the test."""
    ids = owner_things.ids
    browser = browser_of(owner_things.user)
    form = {"other": ids["running_id"]}
    statuses = [getattr(browser, method)(address(page, ids), form).status_code for method in ("get", "post")]

    assert 404 not in statuses
    assert set(statuses) & {200, 303, 422}


# Another's things may be named in a form, too.
FORMS = [
    ("sessions/{own_session_id}/merge/", {"other": "{session_id}"}),
    ("sessions/{session_id}/merge/", {"other": "{own_session_id}"}),
    ("sessions/selection/", {"session": ["{own_session_id}", "{session_id}"], "do": "delete"}),
    ("sessions/selection/", {"session": "{own_session_id}", "do": "project", "project_id": "{project_id}"}),
    ("projects/{own_project_id}/merge/", {"into": "{project_id}"}),
    ("projects/{own_project_id}/", {"name": "x", "client_name": "", "client_id": "{client_id}", "colour": "1"}),
    ("undo/changeset/", {"changeset": "{changeset_id}"}),
    ("timer/start/", {"name": "x", "id": "{session_id}"}),
    ("timer/stop/", {"id": "{running_id}"}),
    ("overlaps/keep/", {"overlap": "{session_id}-{running_id}"}),
]


@pytest.mark.parametrize(("page", "form"), FORMS)
def test_a_form_that_names_what_is_anothers_does_nothing_to_it(owner_things, page, form):
    changeset_id = str(Change.objects.filter(user=owner_things.user).latest("id").changeset_id)
    before, untold = rows_of_all(), [each for each in owner_things.untold if each != UNSHARED]
    other = with_everything("other")
    given = {f"own_{name}": other_id for name, other_id in other.ids.items()}
    ids = owner_things.ids | given | {"changeset_id": changeset_id}
    fill = {
        name: [each.format(**ids) for each in value] if isinstance(value, list) else value.format(**ids)
        for name, value in form.items()
    }

    browser = browser_of(other.user)
    response = browser.post("/" + page.format(**ids), fill, follow=True)

    assert response.status_code < 500
    sent = str(fill) + page.format(**ids)
    assert [each for each in untold if each not in sent and each in response.content.decode()] == []
    after = rows_of_all()
    assert [row for row in before if row not in after] == []
