"""The words of the project: identifiers, file names, URL names, template names and headings use one word for each idea.

Each pattern below is a word that was replaced, with the word that is used instead (docs/glossary.md has what is ours).
Names of the API contract stay, and so does plain prose.
"""

import ast
import re
from collections import defaultdict
from pathlib import Path

from django.urls import URLPattern, get_resolver

ROOT = Path(__file__).parent.parent
FOLDERS = ("timetracker", "sessions_app", "users_app", "templates", "static", "tests", "benchmarks", "docs", "script")

# Whole words of a name, that is of its parts between underscores, dots, hyphens and capitals.
WORDS = {
    r"press(es|ed|ing)?|batch(es)?": "changeset",
    r"persons?|people|somebody|visitors?": "user, guest, account or operator",
    r"organis(e|es|ed|ing)|items?|named": "catalogue, entry",
    r"settl(e|es|ed|ing|er)": "resolve",
    r"judg(e|es|ed|ing)|refus(e|es|ed|ing|al|als)": "validate, check, reject",
    r"sweeps?|swept|sweeping|repair(s|ed|ing)?": "selector, interval, overlap, gap",
    r"news": "change feed",
    r"wordings?": "label",
    r"takeouts?": "export",
    r"presence": "last seen",
    r"residues?": "rounding difference",
    r"places?": "group value",
    r"explain(s|ed|ing)?": "drill-down",
    r"own|recorded|chosen": "user-scoped viewset, versioned model, tracked fields",
}
# Patterns of whole names.
NAMES = {
    r"_?write_\w+": "format_…",
    r"kept": "not_deleted",
    r"_?(MOST|LONGEST)_\w+": "MAX_…",
    r"\w*AT_ONCE": "BATCH_SIZE",
    r"\w*take_out\w*": "export",
}

# Names that are not ours to choose.
CONTRACT = {
    "BATCH_SIZE": "the word of the table for rows that are read or written together",
    "residue_seconds": "residueSeconds in the API's reports",
    "person": "the parameter of the API's imports",
    "BatchAnswer": "the shape of the answer of sessions/batch",
}
HOOKS = {"item", "items"}  # arguments of pytest's hooks, which are passed by name
OUTSIDE = {
    "items": "a method of dict",
    "decimal_places": "an argument of DecimalField",
    "places": "an argument of Hypothesis' decimals",
    "ItemDB": "what TimeTagger keeps its data with",
    "write_text": "a method of Path",
    "write_bytes": "a method of Path",
    "write_blank": "a method of XlsxWriter",
    "write_boolean": "a method of XlsxWriter",
    "write_datetime": "a method of XlsxWriter",
    "write_number": "a method of XlsxWriter",
    "write_string": "a method of XlsxWriter",
    "press": "a method of Playwright's keyboard",
    "visitor_text": "an argument of pypdf",
    "Item": "a class of pytest",
}
"""Names of libraries, which are fine where they are used, not where something of ours is called so."""
# Files whose subject is the batch endpoint of the contract, in whole or in part.
FILES_OF_THE_ENDPOINT = {
    "sessions_app/api/batch.py",
    "sessions_app/api/shapes.py",
    "tests/faults/test_lossy_link.py",
    "tests/faults/test_races.py",
    "tests/sessions_app/api/test_batch.py",
    "tests/timetracker/api/test_mass_assignment.py",
}

WORD = re.compile("|".join(f"(?:{pattern})" for pattern in WORDS))
NAME = re.compile("|".join(f"(?:{pattern})" for pattern in NAMES))


def words_of(name):
    """The words of a name in lower case: `BatchViewSet` gives batch, view, set."""
    return re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name).lower().replace("_", " ").replace("-", " ").split()


def is_odd(name):
    return bool(NAME.fullmatch(name)) or any(WORD.fullmatch(word) for word in words_of(name))


def files(*endings):
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")] + list(ROOT.glob("*"))
    return sorted(
        path for path in found if path.is_file() and "__pycache__" not in path.parts and path.name.endswith(endings)
    )


def names_in(tree):
    """The names that a module defines or uses, and whether it is only a use, which may be of a library's name."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, False
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.alias(asname=str(name)):
                yield name, False
            case ast.Attribute(attr=name, ctx=context):
                yield name, not isinstance(context, ast.Store)
            case ast.keyword(arg=str(name)):
                yield name, True


def odd_identifiers():
    for path in files(".py"):
        where = path.relative_to(ROOT).as_posix()
        for name, is_use in names_in(ast.parse(path.read_text())):
            if not is_odd(name) or name in CONTRACT or (is_use and name in OUTSIDE):
                continue
            if name in HOOKS and path.name == "conftest.py":
                continue
            if where in FILES_OF_THE_ENDPOINT and not is_odd(re.sub("batch", "", name, flags=re.IGNORECASE)):
                continue
            yield where, name


def odd_files():
    for path in files(""):
        where = path.relative_to(ROOT).as_posix()
        stems = [part.split(".")[0] for part in path.relative_to(ROOT).parts]
        if where not in FILES_OF_THE_ENDPOINT and (
            any(WORD.fullmatch(word) for stem in stems for word in words_of(stem)) or path.stem == "changes"
        ):
            yield where, path.name


def odd_url_names():
    def walk(resolver):
        for each in resolver.url_patterns:
            if isinstance(each, URLPattern):
                yield each.name or ""
            else:
                yield each.namespace or ""
                yield from walk(each)

    for name in walk(get_resolver()):
        if is_odd(name):
            yield "URL names", name


def odd_headings():
    for path in files(".md"):
        if path.name == "CHANGELOG.md":  # tells of the past
            continue
        code = False
        for line in path.read_text().splitlines():
            code ^= line.startswith("```")
            if not code and re.match(r"#{1,6} ", line) and any(is_odd(word) for word in re.findall(r"\w+", line)):
                yield path.relative_to(ROOT).as_posix(), line
    for path in files(".html"):
        for heading in re.findall(r"<h[1-6][^>]*>(.*?)</h[1-6]>", path.read_text(), re.DOTALL):
            text = " ".join(re.sub(r"<[^>]*>|\{\{.*?\}\}|\{%-?|%\}", " ", heading).split())
            if any(is_odd(word) for word in re.findall(r"\w+", text)):
                yield path.relative_to(ROOT).as_posix(), text


def check(offenders):
    """Fails with one line for each file, and all its odd names."""
    by_file = defaultdict(set)
    for where, name in offenders:
        by_file[where].add(name)
    assert not by_file, "\n" + "\n".join(f"{where}: {', '.join(sorted(by_file[where]))}" for where in sorted(by_file))


def test_the_patterns_find_what_was_replaced():
    for name in ("of_press", "BatchSerializer", "kept", "write_key", "MOST_ROWS", "add_organised", "CHOSEN_FIELDS"):
        assert is_odd(name), name
    for name in ("replace", "settings", "owner", "express", "is_kept_open", "placeholder", "newsletter", "explicit"):
        assert not is_odd(name), name


def test_identifiers():
    check(odd_identifiers())


def test_files_and_templates():
    check(odd_files())


def test_url_names():
    check(odd_url_names())


def test_headings():
    check(odd_headings())
