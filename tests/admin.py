"""An operator's browser in the admin, and readers of the admin's forms."""

import re
from html import unescape
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client

SESSIONS = "/admin/sessions_app/timesession/"
CLIENTS = "/admin/sessions_app/client/"
PROJECTS = "/admin/sessions_app/project/"
TAGS = "/admin/sessions_app/tag/"
USERS = "/admin/users_app/user/"


class Operator(Client):
    """The browser of a superuser who has signed in. Their zone is not UTC, in which the admin shows times."""

    def __init__(self) -> None:
        super().__init__()
        self.user = get_user_model().objects.create_superuser(
            "operator@example.org", "correct horse battery", timezone="Asia/Tokyo"
        )
        self.force_login(self.user)

    def submit(self, path: str, **changes: Any) -> HttpResponse:
        """Opens a form, changes some of its fields, and presses Save."""
        page = self.get(path)
        assert page.status_code == 200
        data = {**fields_of(page.content.decode()), **changes}
        return self.post(path, {name: value for name, value in data.items() if value is not None})


def fields_of(html: str) -> dict[str, str]:
    """Returns the fields that a browser sends if nothing is changed in the page's form."""
    form = html[html.index('id="') :]
    fields: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        kind = attributes.get("type", "text")
        if "name" not in attributes or kind in {"submit", "search"} or "__prefix__" in attributes["name"]:
            continue
        if kind in {"checkbox", "radio"} and not re.search(r"\bchecked\b", tag):
            continue
        fields[attributes["name"]] = attributes.get("value", "on" if kind == "checkbox" else "")
    fields |= dict(re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL))
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        if selected := re.search(r'value="([^"]*)"[^>]*selected', options):
            fields[name] = selected[1]
    fields.pop("_selected_action", None)
    return {name: unescape(value) for name, value in fields.items()}


def fields_in_error(response: HttpResponse) -> dict[str, list[str]]:
    """Returns the fields of a rejected form that have errors."""
    assert response.status_code == 200
    return dict(response.context["adminform"].form.errors)
