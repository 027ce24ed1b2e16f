"""The direction of imports, who may ask for sessions, and the size of modules"""

import ast
from functools import cache
from graphlib import TopologicalSorter

import pytest
from django.conf import settings

# Each app imports from those before it.
APPS = ("timetracker", "users_app", "sessions_app")
MAX_LINES = 350

# Of both apps: each module imports from its own layer and those before it.
LAYERS = [
    {"timekeeping", "zones", "hashers"},
    {"models"},
    {"selectors", "services", "formatting", "browser_sessions"},
    {"reports", "account_export", "imports"},
    {"forms", "guests", "device", "sign_in", "adapters", "middleware"},
    {"pages"},
    {"views", "api", "admin", "management", "templatetags"},
    {"urls", "apps"},
]
# What serves the API and pages; the domain knows nothing of it.
OUTSIDE = {
    "timetracker.api",
    "timetracker.error_views",
    "timetracker.middleware",
    "timetracker.health",
    "rest_framework",
}


def find_modules():
    """Every module of the product by its dotted name, migrations left out."""
    paths = [path for app in APPS for path in (settings.BASE_DIR / app).rglob("*.py") if "migrations" not in path.parts]
    names = [path.relative_to(settings.BASE_DIR).with_suffix("").parts for path in paths]
    return {".".join(name).removesuffix(".__init__"): path for name, path in zip(names, paths, strict=True)}


MODULES = find_modules()


@cache
def tree_of(name):
    return ast.parse(MODULES[name].read_text())


def imports_of(tree, name="", *, is_package=False):
    """The dotted names that a module imports, those inside functions and TYPE_CHECKING included."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parents = name.split(".")[: len(name.split(".")) - node.level + is_package] if node.level else []
            base = ".".join([*parents, *([node.module] if node.module else [])])
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return found


@cache
def imports_by(name):
    """The dotted names that one of our modules imports."""
    return imports_of(tree_of(name), name, is_package=MODULES[name].name == "__init__.py")


def found_in(names, look):
    """What `look` finds in modules, by their names; those in which it finds nothing are left out."""
    return {name: found for name in names if (found := look(name))}


def layer(name):
    """The number of the layer of a dotted name of the two apps, None for any other."""
    app, _dot, rest = name.partition(".")
    if app == "timetracker" or app not in APPS or not rest:
        return None
    return next((number for number, names in enumerate(LAYERS) if rest.split(".")[0] in names), None)


def is_in(name, package):
    return name == package or name.startswith(f"{package}.")


def test_imports_are_found():
    tree = ast.parse(
        "import a.b\nfrom c import d\ndef f():\n    from . import e\n    from .g import h\nfrom ..i import j"
    )

    assert imports_of(tree, "x.y.z") == {"a.b", "c", "c.d", "x.y", "x.y.e", "x.y.g", "x.y.g.h", "x.i", "x.i.j"}
    assert "sessions_app.models.TimeSession" in imports_by("sessions_app.services.changeset")
    assert "sessions_app.services" in imports_by("sessions_app.api.sessions")


def test_every_module_of_the_apps_has_a_layer():
    assert [
        name for name in MODULES if name.split(".")[0] != "timetracker" and "." in name and layer(name) is None
    ] == []


def test_imports_point_one_way():
    def upwards(name):
        return {each for each in imports_by(name) if (layer(each) or 0) > layer(name)}

    assert found_in([name for name in MODULES if layer(name) is not None], upwards) == {}


def test_apps_import_from_those_before_them():
    def from_later(name):
        later = APPS[APPS.index(name.split(".")[0]) + 1 :]
        return {each for each in imports_by(name) if each.split(".")[0] in later}

    assert found_in(MODULES, from_later) == {}


def modules_imported(name):
    """The modules that a module asks for by name, its own packages left out."""
    found = {each if each in MODULES else each.rpartition(".")[0] for each in imports_by(name)}
    return {each for each in found if each in MODULES and not is_in(name, each)}


def test_no_module_needs_itself():
    order = TopologicalSorter({name: modules_imported(name) for name in MODULES})

    order.prepare()  # raises CycleError, which names the circle


def test_views_do_not_import_sibling_views():
    shared = {f"{app}.views" for app in APPS}
    siblings = {
        (name, each)
        for name in MODULES
        for each in modules_imported(name)
        if any(is_in(name, package) and is_in(each, package) and each != package for package in shared)
    }

    assert siblings == set()


# Pure as well, and needed where names are cleaned, too.
PURE = {"timetracker.characters"}


def test_timekeeping_is_pure():
    def impure(name):
        return {
            each
            for each in imports_by(name)
            if each.split(".")[0] in {"django", "rest_framework", *APPS}
            and not any(is_in(each, module) for module in ("sessions_app.timekeeping", *PURE))
        }

    assert found_in([*PURE, *(name for name in MODULES if is_in(name, "sessions_app.timekeeping"))], impure) == {}


def test_the_domain_knows_nothing_of_pages_and_api():
    def outside(name):
        return {each for each in imports_by(name) if any(is_in(each, package) for package in OUTSIDE)}

    assert found_in([name for name in MODULES if layer(name) in {0, 1, 2, 3}], outside) == {}


def test_pages_and_api_never_import_each_other():
    def imports_below(part):
        return set().union(*(imports_by(name) for name in MODULES if any(is_in(name, f"{app}.{part}") for app in APPS)))

    pages, api = imports_below("views"), imports_below("api")

    assert "sessions_app.services" in pages & api
    assert {
        each for each in pages if any(is_in(each, f"{app}.api") for app in APPS) or is_in(each, "rest_framework")
    } == set()
    assert {
        each
        for each in api
        if any(is_in(each, f"{app}.{part}") for app in APPS for part in ("views", "forms", "pages"))
    } == set()


MANAGERS = {"objects", "_default_manager", "_base_manager"}


def stray_queries(tree):
    """The lines that ask `TimeSession` for rows other than by `.for_user(`."""
    started = {
        id(node.func.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "for_user"
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in MANAGERS
        and isinstance(node.value, ast.Name | ast.Attribute)
        and getattr(node.value, "id", getattr(node.value, "attr", None)) == "TimeSession"
        and id(node) not in started
    ]


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("TimeSession.objects.for_user(user).running()", []),
        ("TimeSession.objects.all()", [1]),
        ("TimeSession.objects.filter(user=user)", [1]),
        ("x = 1\nrows = models.TimeSession._default_manager.get(id=1)", [2]),
        ("manager = TimeSession.objects", [1]),
        ("TimeSession.objects.for_user", [1]),
        ("User.objects.all()", []),
    ],
)
def test_stray_queries_are_found(code, lines):
    assert stray_queries(ast.parse(code)) == lines


def test_every_query_of_sessions_begins_at_a_user():
    assert found_in(MODULES, lambda name: stray_queries(tree_of(name))) == {}


WRITES = {"bulk_create", "bulk_update", "update_or_create", "get_or_create"}


def test_only_services_make_sessions():
    """Nobody else calls `TimeSession(…)` or writes many rows at once."""

    def written(name):
        called = {
            node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            for node in ast.walk(tree_of(name))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
        }
        return called & {"TimeSession", *WRITES}

    others = [name for name in MODULES if layer(name) is not None and name.split(".")[1] != "services"]
    assert found_in(others, written) == {}


def test_modules_are_split_before_they_grow_long():
    def lines(name):
        return len(MODULES[name].read_text().splitlines())

    assert found_in(MODULES, lambda name: lines(name) if lines(name) > MAX_LINES else None) == {}
