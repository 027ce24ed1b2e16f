"""The renderer of JSON."""

from collections.abc import Mapping
from typing import Any

import msgspec
from rest_framework.renderers import JSONRenderer

from timetracker.shapes import encode_json


class ShapeRenderer(JSONRenderer):
    """Renders shapes and containers of shapes. Supports `Accept: application/json; indent=2` like REST framework's."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        if data is None:
            return b""
        content = encode_json(data)
        indent = self.get_indent(accepted_media_type or "", dict(renderer_context or {}))
        return content if indent is None else msgspec.json.format(content, indent=indent)
