"""Health checks for those who operate the server: whether the process answers, and whether it can work."""

from collections.abc import Callable

from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

from timetracker.db.migrated import find_missing_migrations
from timetracker.storage import disk

MIN_FREE_BYTES = 100_000_000


def answer_probes(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Returns middleware that answers health checks before host and scheme are checked: probes use IPs and HTTP."""
    probes = {"/healthz": healthz, "/readyz": readyz}

    def middleware(request: HttpRequest) -> HttpResponse:
        return probes.get(request.path_info, get_response)(request)

    return middleware


def healthz(request: HttpRequest) -> HttpResponse:
    """Answers 200 as long as the process runs. No query."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Answers 200 if the database is writable, migrations are applied and the disk has room; else 503."""
    checks = {"database": _database_is_writable()}
    checks["migrations"] = checks["database"] and _migrations_are_applied()
    checks["disk"] = _disk_has_room()
    return JsonResponse({"ready": all(checks.values()), **checks}, status=200 if all(checks.values()) else 503)


def _database_is_writable() -> bool:
    """Returns whether a write succeeds, which is then rolled back."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM django_content_type WHERE id = 0")
            transaction.set_rollback(True)
    except DatabaseError:
        return False
    return True


def _migrations_are_applied() -> bool:
    try:
        return not find_missing_migrations(connection)
    except DatabaseError:
        return False


def _disk_has_room() -> bool:
    try:
        return disk.free_bytes() >= MIN_FREE_BYTES
    except OSError:
        return False
