"""Domains of addresses are stored in their letters; until now also as name servers have them (`xn--`)."""

from typing import Any

from django.db import migrations


def decode_domains(apps: Any, schema_editor: Any) -> None:
    """Writes addresses anew, unless another account has the result: an operator decides about those."""
    users, addresses = apps.get_model("users_app", "User").objects, apps.get_model("account", "EmailAddress").objects
    for pk, email in list(users.filter(email__isnull=False).values_list("pk", "email").iterator()):
        decoded = _decode_domain(email)
        if decoded != email and not users.filter(email=decoded).exists():
            users.filter(pk=pk).update(email=decoded)
            addresses.filter(user_id=pk, email=email).update(email=decoded)


def _decode_domain(email: str) -> str:
    """Does to a domain what `UserManager.normalize_email` did when this was written."""
    name, at, domain = email.rpartition("@")
    try:
        return name + at + domain.encode("idna").decode("idna")
    except UnicodeError:
        return email


class Migration(migrations.Migration):
    dependencies = [
        ("users_app", "0007_notice_email"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(decode_domains, migrations.RunPython.noop, elidable=True)]
