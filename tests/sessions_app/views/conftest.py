"""What the pages' tests share: a Monday morning in Berlin, and forms sent as a browser does."""

import re
from html import unescape

import pytest
from django.test import Client
from time_machine import travel

from sessions_app.models import TimeSession
from tests.factories import make_guest
from tests.pages import NOW
from tests.work import make_work
from users_app.models import User

CONTROL = re.compile(r"<input[^>]*>|<textarea[^>]*>.*?</textarea>|<select[^>]*>.*?</select>", re.DOTALL)


@pytest.fixture(autouse=True)
def _monday(clock) -> None:
    """It is always `NOW`."""


@pytest.fixture(scope="module")
def month_of_work(module_db):
    """Somebody with the sessions of a month, for tests that look at them in many ways."""
    with travel(NOW, tick=False):
        user = make_guest(timezone="Europe/Berlin", display_name="Owner")
        make_work(user, 25)
        return user


@pytest.fixture
def owner(request, db):
    """Who has the month of work, where a test asks for that, else somebody new."""
    if "month_of_work" in request.fixturenames:
        return User.objects.get(pk=request.getfixturevalue("month_of_work").pk)
    return make_guest(timezone="Europe/Berlin", display_name="Owner")


def typed(page: str, path: str) -> dict[str, str]:
    """What a browser would send of the form that posts to `path`, nothing changed."""
    form = re.search(rf'<form[^>]*action="{re.escape(path)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form is not None, f"no form posts to {path}"
    values = {}
    for element in CONTROL.findall(form[1]):
        name = re.search(r'name="([^"]*)"', element)
        if name is None or ('type="checkbox"' in element and "checked" not in element):
            continue
        if element.startswith("<textarea"):
            values[name[1]] = unescape(re.sub(r"<[^>]*>", "", element)).removeprefix("\n")
        elif element.startswith("<select"):
            values[name[1]] = re.search(r'<option value="([^"]*)" selected', element)[1]
        else:
            value = re.search(r'value="([^"]*)"', element)
            values[name[1]] = unescape(value[1]) if value else "on" if 'type="checkbox"' in element else ""
    return values


def edit(client: Client, session: TimeSession, **changes: str):
    path = f"/sessions/{session.id}/edit/"
    return client.post(path, {**typed(client.get(path).text, path), **changes})
