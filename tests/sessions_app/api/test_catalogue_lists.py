"""GET /v1/users/{userId}/clients, /projects and /tags: a part of the name, and the order"""

import pytest

from sessions_app import services
from sessions_app.models import Client, Project, Tag
from tests.factories import WEB, make_guest
from users_app.models import User

BASE = "/v1/users/me"
MODELS = {"clients": Client, "projects": Project, "tags": Tag}
EACH_KIND = pytest.mark.parametrize("kind", MODELS)
NAMES = ["Garden-Ä", "logo", "LOGOS", "My-Logo", "Straße", "100%_x"]

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def owner_with_entries(module_db):
    user = make_guest(timezone="Europe/Berlin")
    for model in MODELS.values():
        for name in NAMES:
            services.create_entry(user, WEB, model, name=name)
    return user


@pytest.fixture
def owner(owner_with_entries):
    return User.objects.get(pk=owner_with_entries.pk)


def walk(api, address):
    found = []
    while address:
        response = api("GET", address)
        assert response.status_code == 200
        (entries,) = (value for value in response.data.values() if isinstance(value, list))
        found += [each["name"] for each in entries]
        address = response.data["next"]
    return found


@EACH_KIND
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("logo", ["logo", "LOGOS", "My-Logo"]),
        ("LOGO", ["logo", "LOGOS", "My-Logo"]),
        ("y-l", ["My-Logo"]),
        ("strasse", ["Straße"]),
        ("ä", ["Garden-Ä", "Straße"]),
        ("n-A\u0308", ["Garden-Ä"]),
        ("garden-a", ["Garden-Ä"]),
        (" logos ", ["LOGOS"]),
        ("%25", ["100%_x"]),
        ("_", ["100%_x"]),
        ("nothing", []),
    ],
)
@pytest.mark.parametrize("limit", [1, 100])
def test_a_part_of_the_name_is_found_in_whatever_case(api, kind, text, expected, limit):
    assert walk(api, f"{BASE}/{kind}?q={text}&limit={limit}") == expected


@EACH_KIND
def test_no_text_finds_all(api, kind):
    assert sorted(walk(api, f"{BASE}/{kind}?q=")) == sorted(NAMES)


@EACH_KIND
@pytest.mark.parametrize("limit", [1, 2, 100])
def test_the_order_can_be_turned_round(api, kind, limit):
    rising = walk(api, f"{BASE}/{kind}")

    assert walk(api, f"{BASE}/{kind}?order=asc&limit={limit}") == rising
    assert walk(api, f"{BASE}/{kind}?order=desc&limit={limit}") == rising[::-1]


@EACH_KIND
def test_what_was_deleted_and_what_is_a_strangers_is_not_found(api, stranger_api, owner, kind):
    (entry,) = api("GET", f"{BASE}/{kind}?q=my-logo").data[kind]
    services.delete_entry(owner, WEB, MODELS[kind], entry["id"])

    assert walk(api, f"{BASE}/{kind}?q=my-logo") == []
    assert walk(stranger_api, f"{BASE}/{kind}?q=logo") == []


@EACH_KIND
@pytest.mark.parametrize(
    ("query", "parameter", "code"),
    [
        ("order=name", "order", "invalid_choice"),
        (f"q={'x' * 101}", "q", "max_length"),
        ("q=a%07", "q", "control_character"),
    ],
)
def test_names_what_is_wrong(api, kind, query, parameter, code):
    (error,) = api("GET", f"{BASE}/{kind}?{query}").data["errors"]

    assert (error["parameter"], error["code"]) == (parameter, code)
