"""Readers know neither Django nor the clock: what they need is passed in"""

from functools import cache

from tests.timetracker.test_layout import MODULES, imports_by, is_in

PACKAGE = "sessions_app.imports"
ALLOWED = {
    "sessions_app.imports",
    "sessions_app.timekeeping",
    "timetracker.tables",
    "timetracker.money",
    "timetracker.storage.zips",
}


def needed_by(name):
    """The modules of the package that a module imports, directly or not, itself among them."""
    found, waiting = set(), [name]
    while waiting:
        each = waiting.pop()
        if each in MODULES and each not in found:
            found.add(each)
            waiting += [other for other in imports_by(each) if is_in(other, PACKAGE)]
    return found


@cache
def readers():
    return needed_by(f"{PACKAGE}.detection") | needed_by(f"{PACKAGE}.instants")


def test_readers_are_found():
    assert f"{PACKAGE}.readers.kimai" in readers()


def test_readers_know_neither_django_nor_our_models():
    asked = {(name, each) for name in readers() for each in imports_by(name) if is_in(each, "django")}
    asked |= {
        (name, each)
        for name in readers()
        for each in imports_by(name)
        if each.split(".")[0] in {"sessions_app", "users_app", "timetracker"}
        and not any(is_in(each, allowed) for allowed in ALLOWED)
    }

    assert asked == set()


def test_readers_do_not_ask_the_clock():
    texts = [MODULES[name].read_text() for name in readers()]

    assert not any(call in text for text in texts for call in (".now(", ".today(", "time.time(", "utcnow("))
