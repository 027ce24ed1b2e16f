"""Every page of Markdown: no line that is too long, no path or link that leads nowhere."""

import re

import pytest

from tests.server import CHECKOUT

PAGES = sorted(
    path.relative_to(CHECKOUT)
    for path in (*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md"))
    if path.is_file()
)
MAX_LENGTH = 120
# A path of the project: `services/undo.py`, `static/`. Not an address, an abbreviation, or what a server makes.
PATH = re.compile(r"`((?:[\w.]+/)+(?:[\w-]+\.(?:py|md|html|json|txt|sh))?)`")
MADE = {"data/", "data-dev/", "staticfiles/", "cache/"}
FOLDERS = ("", "sessions_app", "users_app", "tests")


def names(pages):
    return [str(page) for page in pages]


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_no_line_is_too_long(page):
    lines = (CHECKOUT / page).read_text().splitlines()

    assert [f"{page}:{number}" for number, line in enumerate(lines, 1) if len(line) > MAX_LENGTH] == []


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_every_path_exists(page):
    found = set(PATH.findall((CHECKOUT / page).read_text())) - MADE

    assert {path for path in found if not any((CHECKOUT / folder / path).exists() for folder in FOLDERS)} == set()


def test_paths_are_found():
    assert PATH.findall("`a/b.py`, `a/`, `a_b/c/` and `a/b/c-d.md`, not `/v1/users`, `a.py` or `/a/`") == [
        "a/b.py", "a/", "a_b/c/", "a/b/c-d.md"
    ]  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_every_link_leads_somewhere(page):
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (CHECKOUT / page).read_text())

    assert {target for target in targets if not ((CHECKOUT / page).parent / target).exists()} == set()


def test_decisions_are_numbered_once():
    numbers = [page.name[:4] for page in PAGES if page.parent.name == "decisions"]

    assert len(set(numbers)) == len(numbers)
    for page in PAGES:
        if page.parent.name == "decisions":
            assert (CHECKOUT / page).read_text().startswith(f"# {int(page.name[:4])}. ")
