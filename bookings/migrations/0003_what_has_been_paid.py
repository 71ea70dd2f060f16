"""Give the stays that were paid before there was money in the tables what they would have now."""

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F
from django.utils import timezone

COUNTED = ("PAID", "WAIT_COMMENT", "COMPLETE")
FINISHED = ("WAIT_COMMENT", "COMPLETE")
BEFORE = "before"  # the provider of what was paid then


def write_what_was_paid(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Write trade and payment of each paid stay, and the trade of each that waits for payment."""
    bookings, trades = apps.get_model("bookings", "Booking").objects, apps.get_model("bookings", "Trade").objects
    payments, dues = apps.get_model("bookings", "Payment").objects, apps.get_model("bookings", "HostDue").objects
    houses = apps.get_model("listings", "House").objects.filter(bookings__isnull=False).distinct()
    for house_id, check_in_time in houses.values_list("pk", "check_in_time"):
        bookings.filter(house=house_id).update(check_in_time=check_in_time)
    bookings.filter(status__in=COUNTED).update(captured_fen=F("amount_fen"))
    bookings.update(commission_percent=settings.COMMISSION_PERCENT)
    now = timezone.now()
    for booking in bookings.filter(status__in=(*COUNTED, "WAIT_PAYMENT"), trade=None).iterator():
        is_open = booking.status == "WAIT_PAYMENT"
        trade = trades.create(
            booking=booking,
            provider=settings.PAYMENT_PROVIDER if is_open else BEFORE,
            number=f"{BEFORE}{booking.pk}",
            amount_fen=booking.amount_fen,
            expires_at=booking.expires_at or booking.created_at,
            state="open" if is_open else "captured",
            ask_at=now if is_open else None,
        )
        if not is_open:
            payments.create(
                trade=trade,
                provider=BEFORE,
                transaction=str(booking.pk),
                kind="captured",
                amount_fen=booking.amount_fen,
                happened_at=booking.created_at,
            )
        if booking.status in FINISHED:
            commission = (booking.amount_fen * settings.COMMISSION_PERCENT + 50) // 100
            dues.create(
                booking=booking,
                paid_fen=booking.amount_fen,
                refunded_fen=0,
                commission_fen=commission,
                amount_fen=booking.amount_fen - commission,
            )


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0002_money"),
    ]

    operations = [
        migrations.RunPython(write_what_was_paid, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ("PAID", "WAIT_COMMENT", "COMPLETE")), _negated=True),
                    ("captured_fen__gte", models.F("amount_fen")),
                    _connector="OR",
                ),
                name="a_paid_stay_is_paid",
            ),
        ),
    ]
