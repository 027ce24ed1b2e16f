from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Lets a changeset say what of it is still to be done."""

    dependencies = [
        ("sessions_app", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("changeset", "unfinished", models.JSONField(null=True)),
        migrations.AddIndex(
            "changeset",
            models.Index(
                condition=models.Q(("unfinished__isnull", False)), fields=["user"], name="changeset_unfinished"
            ),
        ),
    ]
