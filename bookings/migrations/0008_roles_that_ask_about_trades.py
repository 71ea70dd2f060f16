from typing import Any

from django.db import migrations

from accounts.roles import write_roles


def forwards(apps: Any, _schema_editor: Any) -> None:
    """Make the groups that accounts.roles describes."""
    write_roles(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0007_refunds_that_staff_take_over"),
    ]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
