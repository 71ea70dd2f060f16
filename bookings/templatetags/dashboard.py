"""The dashboard of the admin's first page."""

from typing import Any

from django import template

from bookings import dashboard as figures

register = template.Library()


@register.inclusion_tag("admin/dashboard.html", takes_context=True)
def dashboard(context: template.Context) -> dict[str, Any]:
    """Show what waits for staff and what the last days brought, as far as its reader may see the lists."""
    return figures.context(context["request"])
