"""Editions of rows, which the API answers as strong ETags."""

import hashlib
import json

from sessions_app.models import Tag, TimeSession, VersionedModel

_DIGITS = 16


def edition_of(row: VersionedModel) -> str:
    """Returns a text that changes whenever the API shows a row differently, such as `3` or `3-0123456789abcdef`.

    It is the row's version, followed by a digest of the tags' names if a tag of the session was renamed since the last
    write of the session: renaming a tag writes none of its sessions, which may be very many, but all of them show the
    name. Up to two queries, only for sessions with tags.
    """
    if not isinstance(row, TimeSession) or not row.tag_ids:
        return str(row.version)
    tags = Tag.objects.for_user(row.user_id).filter(id__in=row.tag_ids).order_by("id")
    found = list(tags.values_list("name", "version", "updated_at"))
    # Instants are whole seconds: a tag written in the same second as the session may have been written after it.
    if not any(version > 1 and updated_at >= row.updated_at for _name, version, updated_at in found):
        return str(row.version)
    names = json.dumps([name for name, _version, _updated_at in found])
    return f"{row.version}-{hashlib.sha256(names.encode()).hexdigest()[:_DIGITS]}"
