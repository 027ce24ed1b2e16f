"""Imports as doors do them: files are opened, then planned or committed."""

from sessions_app.imports.commit import run_import
from sessions_app.imports.files import open_files
from sessions_app.imports.plan import make_plan
from sessions_app.imports.rows import Answers
from tests.factories import WEB
from timetracker import clock


def contents_of(*texts):
    return [
        (f"file {number}.csv", text.encode() if isinstance(text, str) else text) for number, text in enumerate(texts)
    ]


def plan(user, *texts, **answers):
    opened = open_files(contents_of(*texts), Answers(**answers), clock.now())
    return make_plan(user, opened, Answers(**answers), clock.now())


def bring_in(user, *texts, seconds=None, **answers):
    told = Answers(**answers)
    contents = contents_of(*texts)
    return run_import(user, WEB, contents, open_files(contents, told, clock.now()), told, seconds=seconds)
