"""What the pages of every app do with a request: where they lead back to, and what becomes of a form and a button"""

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import RequestFactory

from tests.pages import NOW
from timetracker import pages
from timetracker.errors import (
    ConflictError,
    FieldError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    StaleVersionError,
)


class NameForm(forms.Form):
    name = forms.CharField()


@pytest.fixture
def request_of():
    def make(method="get", path="/", **data):
        request = getattr(RequestFactory(), method)(path, data)
        request._messages = CookieStorage(request)
        return request

    return make


def failing(error):
    def service():
        raise error

    return service


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ("/week/2026-11-23/?a=b", "/week/2026-11-23/?a=b"),
        ("", "/"),
        ("week/", "/"),
        ("//elsewhere.example/", "/"),
        ("https://elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\\elsewhere.example", "/"),
    ],
)
def test_only_pages_of_ours_are_gone_back_to(request_of, sent, path):
    assert pages.next_url(request_of("get", next=sent)) == path
    assert pages.next_url(request_of("post", next=sent)) == path
    response = pages.redirect_back(request_of("post", next=sent))
    assert (response.status_code, response["Location"]) == (303, path)


def test_the_instant_of_a_request_is_read_once(request_of, clock):
    request = request_of()
    first = pages.now_of(request)
    clock.shift(60)

    assert first == pages.now_of(request) == NOW
    assert pages.now_of(request_of()) != NOW


class TestForms:
    def test_a_valid_form_gives_what_the_service_gives(self):
        assert pages.form_to_service(NameForm({"name": "Acme"}), lambda: "saved") == "saved"

    def test_an_invalid_form_never_reaches_the_service(self):
        form = NameForm({})

        assert pages.form_to_service(form, failing(AssertionError())) is None
        assert form.errors.keys() == {"name"}

    def test_errors_stand_at_their_fields_or_above_the_form(self):
        form = NameForm({"name": "Acme"})
        errors = InvalidInputError(FieldError("name", "taken", "Another."), FieldError("rate", "low", "More."))

        assert pages.form_to_service(form, failing(errors)) is None
        assert form.errors == {"name": ["Another."], "__all__": ["More."]}
        assert form.has_error("name", "taken")

    @pytest.mark.parametrize(("field", "key"), [("name", "name"), (None, "__all__")])
    def test_a_conflict_stands_where_the_view_says(self, field, key):
        form = NameForm({"name": "Acme"})

        error = ConflictError("name_taken", "There is one.")
        assert pages.form_to_service(form, failing(error), conflict_field=field) is None
        assert form.errors == {key: ["There is one."]}

    @pytest.mark.parametrize("error", [NotFoundError(), StaleVersionError(None), ForbiddenError("closed", "Closed.")])
    def test_all_else_is_for_the_view(self, error):
        with pytest.raises(type(error)):
            pages.form_to_service(NameForm({"name": "Acme"}), failing(error))

    def test_a_view_may_take_conflicts_itself(self):
        with pytest.raises(ConflictError):
            pages.form_to_service(
                NameForm({"name": "Acme"}), failing(ConflictError("id_taken", "Taken.")), catch_conflict=False
            )


class TestButtons:
    def test_a_button_gives_what_the_service_gives(self, request_of):
        assert pages.button_to_service(request_of("post"), lambda: "done") == "done"

    @pytest.mark.parametrize("error", [ConflictError("running", "It runs."), StaleVersionError(None)])
    def test_a_reason_is_told_on_the_next_page(self, request_of, error):
        request = request_of("post")

        assert pages.button_to_service(request, failing(error)) is None
        assert [(each.level_tag, each.message) for each in get_messages(request)] == [("error", error.message)]

    def test_what_is_not_there_is_not_found(self, request_of):
        with pytest.raises(NotFoundError):
            pages.button_to_service(request_of("post"), failing(NotFoundError()))


def test_a_page_is_kept_by_this_browser_alone_and_asked_for_again(request_of):
    form = NameForm({})
    response = pages.respond(request_of(), "forms/_field.html", {"form": form, "field": form["name"]}, status=422)

    assert response.status_code == 422
    assert {"private", "no-cache"} <= {each.strip() for each in response["Cache-Control"].split(",")}
    assert form.fields["name"].widget.attrs["autofocus"]
