"""What people are told, written to an outbox with the event and delivered later."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_what_staff_do_to_stays"),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.SlugField(db_index=False, max_length=32, verbose_name="kind")),
                ("key", models.CharField(max_length=100, verbose_name="event key")),
                ("facts", models.JSONField(blank=True, default=dict, verbose_name="facts")),
                ("path", models.CharField(max_length=200, verbose_name="leads to")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="written")),
                ("delivered_at", models.DateTimeField(blank=True, null=True, verbose_name="delivered")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="read")),
                (
                    "sms_state",
                    models.CharField(
                        choices=[
                            ("none", "none"),
                            ("due", "waiting"),
                            ("sending", "being sent"),
                            ("sent", "sent"),
                            ("unknown", "perhaps sent"),
                            ("given_up", "given up"),
                        ],
                        default="none",
                        max_length=8,
                        verbose_name="SMS",
                    ),
                ),
                ("sms_tries", models.PositiveSmallIntegerField(default=0, verbose_name="tries")),
                ("sms_said", models.CharField(blank=True, max_length=64, verbose_name="what the provider said")),
                (
                    "due_at",
                    models.DateTimeField(
                        blank=True,
                        default=django.utils.timezone.now,
                        help_text="Empty: nothing is left to do.",
                        null=True,
                        verbose_name="next try",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "ordering": ("-created_at", "-id"),
                "indexes": [
                    models.Index(fields=["user", "read_at", "delivered_at"], name="unread_messages_of_a_person"),
                    models.Index(fields=["user", "delivered_at"], name="messages_of_a_person"),
                    models.Index(fields=["due_at"], name="messages_to_deliver"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "key"), name="a_person_is_told_of_an_event_once"),
                    models.CheckConstraint(
                        condition=models.Q(("read_at", None), ("delivered_at__isnull", False), _connector="OR"),
                        name="only_a_delivered_message_is_read",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("due_at__isnull", False),
                                models.Q(
                                    ("delivered_at", None), ("sms_state__in", ("due", "sending")), _connector="OR"
                                ),
                            ),
                            models.Q(
                                ("delivered_at__isnull", False),
                                ("due_at", None),
                                models.Q(("sms_state__in", ("due", "sending")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_message_is_due_while_something_is_left_to_do",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("path__startswith", "/"), models.Q(("path__startswith", "//"), _negated=True)
                        ),
                        name="a_message_leads_to_a_page_of_this_site",
                    ),
                ],
            },
        ),
    ]
