"""Content negotiation by the Accept header."""

from collections.abc import Iterable

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation, DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from timetracker.api.problems import CONTENT_TYPE
from timetracker.http.weights import read_unwanted
from timetracker.tables.responses import CONTENT_TYPES

_JSON = "application/json"
_TABLES = {each.partition(";")[0] for each in CONTENT_TYPES.values()} | {"application/pdf"}
"""The media types of the values of the query parameter `format`."""


class ContentNegotiation(DefaultContentNegotiation):
    """Accepts JSON and problem details. A client that accepts only the latter counts as accepting JSON."""

    answered: frozenset[str] = frozenset({CONTENT_TYPE})

    def get_accept_list(self, request: Request) -> list[str]:
        """Returns the accepted types without those of weight 0. An empty header accepts everything."""
        accepted = list(filter(None, map(str.strip, super().get_accept_list(request)))) or ["*/*"]
        unwanted = read_unwanted(request.headers.get("Accept", ""))
        if _JSON in unwanted:  # more specific than a range such as */*
            unwanted |= {"*/*", "application/*"}
        return [each for each in accepted if _name_of(each) not in unwanted]

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Returns the JSON renderer and the accepted type. Raises NotAcceptable."""
        renderers = list(renderers)
        try:
            selected: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable:
            accepted = {_name_of(each) for each in self.get_accept_list(request)}
            if not accepted & self.answered:
                raise
            return renderers[0], str(renderers[0].media_type)
        return selected


class TableNegotiation(ContentNegotiation):
    """Also accepts the types of tables and of the PDF, without choosing by them: `format` does."""

    answered = frozenset({CONTENT_TYPE, "text/*", *_TABLES})


def _name_of(accepted: str) -> str:
    return accepted.partition(";")[0].strip().lower()


class OneForm(BaseContentNegotiation):
    """Ignores Accept, for actions with a single representation."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type
