"""The part of the schema that viewsets import, for `@extend_schema`.

The modules that generate the document are not imported by a server: they import Django's test client, which takes 3 MB.
"""

from typing import Any, ClassVar

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework.schemas.inspectors import ViewInspector

from timetracker.shapes import Shape


class ActionSchema(ViewInspector):
    """A placeholder for the schema of an action, which OperationSchema replaces. Set as DEFAULT_SCHEMA_CLASS.

    `method_mapping` has the names of actions that `@extend_schema_view` looks for.
    """

    method_mapping: ClassVar[dict[str, str]] = {
        "get": "retrieve",
        "post": "create",
        "put": "update",
        "patch": "partial_update",
        "delete": "destroy",
    }


def either(name: str, *shapes: type[Shape]) -> PolymorphicProxySerializer:
    """Returns a response for `@extend_schema` that has one of several shapes, as a component with that name."""
    classes: list[Any] = [*shapes]
    return PolymorphicProxySerializer(name, classes, resource_type_field_name=None, many=False)
