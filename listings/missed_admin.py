"""What people searched for and did not find, in the admin."""

from urllib.parse import quote

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.staff_admin import ReadOnly, StaffAdmin
from listings.models import MissedSearch


@admin.register(MissedSearch)
class MissedSearchAdmin(ReadOnly, StaffAdmin):
    """Searches without a result, the most wanted of each day first. What was asked leads to the search itself."""

    list_display = ("day", "asked", "times")
    list_filter = ("day",)
    search_fields = ("query",)
    fields = ("day", "asked", "times")
    readonly_fields = ("asked",)
    ordering = ("-day", "-times", "-id")

    @admin.display(description=_("search"), ordering="query")
    def asked(self, missed: MissedSearch) -> SafeString:
        """What was asked, as a link."""
        address = f"{reverse('search')}?{quote(missed.query, safe='=&+%*')}"
        return format_html('<a href="{}">{}</a>', address, missed.query)
