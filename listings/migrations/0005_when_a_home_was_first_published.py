"""A home says since when it is published; of those that have been so before, the day they were begun is the nearest."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import F


def take_the_day_they_were_begun(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give the homes that are or have been published the day on which they were begun."""
    houses = apps.get_model("listings", "House").objects.using(schema_editor.connection.alias)
    houses.filter(status__in=("published", "offline", "suspended")).update(published_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("listings", "0004_a_home_is_begun_once_for_a_key")]

    operations = [
        migrations.AddField(
            model_name="house",
            name="published_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="first published"),
        ),
        migrations.RunPython(take_the_day_they_were_begun, migrations.RunPython.noop),
    ]
