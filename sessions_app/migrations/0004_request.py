"""Which change came of a request that may be sent again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0003_organising")]

    operations = [
        migrations.AddField(
            model_name="change",
            name="request",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(
                condition=models.Q(("request", ""), _negated=True),
                fields=["user", "request"],
                name="change_by_request",
            ),
        ),
    ]
