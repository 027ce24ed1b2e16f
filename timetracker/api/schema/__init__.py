"""How the API describes itself in OpenAPI. /v1/openapi.json is made of the viewsets and what stands here.

An action says in `@extend_schema` (`saying`) what only it knows: what it answers, which headers count, an example of a
body. Its serializer tells what it takes (`extensions`); name, scope and error answers follow (`operations`); what all
operations share is added at the end (`document`).
"""
