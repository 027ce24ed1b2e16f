"""Generates the API's OpenAPI document, /v1/openapi.json, from the viewsets with drf-spectacular.

`@extend_schema` (`annotations`) states the response, headers and example of an action. The schema of a request comes
from its serializer (`extensions`); names, scopes and error responses are derived (`operations`); the parts that all
operations share are added at the end (`document`).
"""
