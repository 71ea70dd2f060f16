"""The router of the API: every app's viewsets under one root, without trailing slashes."""

from rest_framework.routers import SimpleRouter

from accounts.api import SessionViewSet, UserViewSet
from bookings.api import OrderViewSet
from listings.api import AreaViewSet, FacilityViewSet, HouseViewSet


def api_router() -> SimpleRouter:
    """Return the router with every viewset of the contract."""
    router = SimpleRouter(trailing_slash=False)
    router.register("area_info", AreaViewSet, basename="area-info")
    router.register("facilities", FacilityViewSet, basename="facilities")
    router.register("houses", HouseViewSet, basename="houses")
    router.register("orders", OrderViewSet, basename="orders")
    router.register("user", UserViewSet, basename="user")
    router.register("", SessionViewSet, basename="session")
    return router
