"""What `@extend_schema` needs when viewsets are imported.

What makes the description itself is imported only for that: it brings Django's test client, 3 MB that no server needs.
"""

from typing import Any, ClassVar

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework.schemas.inspectors import ViewInspector

from timetracker.shapes import Shape


class ActionSchema(ViewInspector):
    """Stands for the schema of an action until there is one. Set as DEFAULT_SCHEMA_CLASS.

    `method_mapping` names the actions that `@extend_schema_view` looks for.
    """

    method_mapping: ClassVar[dict[str, str]] = {
        "get": "retrieve",
        "post": "create",
        "put": "update",
        "patch": "partial_update",
        "delete": "destroy",
    }


def either(name: str, *shapes: type[Shape]) -> PolymorphicProxySerializer:
    """Returns what `@extend_schema` takes for an answer that has one of several shapes, as a component of that name."""
    classes: list[Any] = [*shapes]
    return PolymorphicProxySerializer(name, classes, resource_type_field_name=None, many=False)
