"""The router of the API: every app's viewsets under one root, without trailing slashes."""

from rest_framework.routers import SimpleRouter

from accounts.api import ImageCodeViewSet, SessionViewSet, SmsCodeViewSet, UsersViewSet, UserViewSet
from bookings.api import OrderViewSet, OwnOrderViewSet
from listings.api import AreaViewSet, FacilityViewSet, HouseViewSet
from listings.host_api import OwnHouseViewSet


def api_router() -> SimpleRouter:
    """Return the router with every viewset of the contract."""
    router = SimpleRouter(trailing_slash=False)
    router.register("area_info", AreaViewSet, basename="area-info")
    router.register("facilities", FacilityViewSet, basename="facilities")
    router.register("houses", HouseViewSet, basename="houses")
    router.register("image_codes", ImageCodeViewSet, basename="image-codes")
    router.register("orders", OrderViewSet, basename="orders")
    router.register("sms_codes", SmsCodeViewSet, basename="sms-codes")
    router.register("user", UserViewSet, basename="user")
    router.register("user/houses", OwnHouseViewSet, basename="user-houses")
    router.register("user/orders", OwnOrderViewSet, basename="user-orders")
    router.register("users", UsersViewSet, basename="users")
    router.register("", SessionViewSet, basename="session")
    return router
