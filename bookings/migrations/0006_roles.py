from typing import Any

from django.db import migrations

from accounts.roles import write_roles


def forwards(apps: Any, _schema_editor: Any) -> None:
    """Make the groups that accounts.roles describes."""
    write_roles(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_lists_of_people_by_day"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("bookings", "0005_rows_by_day"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("listings", "0009_searches_without_a_result"),
    ]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
