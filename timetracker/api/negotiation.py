"""What a caller may accept."""

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
"""What `format` asks for where there is one."""


class ContentNegotiation(DefaultContentNegotiation):
    """JSON, and problems. Whoever accepts these alone is answered as if they took JSON."""

    answered: frozenset[str] = frozenset({CONTENT_TYPE})

    def get_accept_list(self, request: Request) -> list[str]:
        """Returns the accepted types, without those unwanted; an empty header is none, and leaves the choice to us."""
        accepted = list(filter(None, map(str.strip, super().get_accept_list(request)))) or ["*/*"]
        unwanted = read_unwanted(request.headers.get("Accept", ""))
        if _JSON in unwanted:  # which counts more than a wider range
            unwanted |= {"*/*", "application/*"}
        return [each for each in accepted if _name_of(each) not in unwanted]

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Returns the renderer of JSON and the accepted type. Raises NotAcceptable."""
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
    """Also accepts the types of tables and of the PDF. They choose nothing: `format` says what is sent."""

    answered = frozenset({CONTENT_TYPE, *_TABLES})


def _name_of(accepted: str) -> str:
    return accepted.partition(";")[0].strip().lower()


class OneForm(BaseContentNegotiation):
    """Whatever `Accept` says, there is one form."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type
