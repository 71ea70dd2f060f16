"""Where every address leads."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from ihome_project.routers import api_router
from ihome_project.views import healthz, media, robots

urlpatterns = [
    path("api/v1.0/", include(api_router().urls)),
    path("", include("listings.urls")),
    path("", include("accounts.urls")),
    path("", include("bookings.urls")),
    path("language", set_language, name="set_language"),
    path("healthz", healthz, name="healthz"),
    path("robots.txt", robots, name="robots"),
    path("media/<path:name>", media, name="media"),
    path("admin/", admin.site.urls),
    path("api/schema", SpectacularAPIView.as_view(throttle_classes=()), name="api-schema"),
    path(
        "api/docs",
        SpectacularSwaggerSplitView.as_view(url_name="api-schema", template_name="api_docs.html", throttle_classes=()),
        name="api-docs",
    ),
]
if settings.HAS_SANDBOX:
    urlpatterns.append(path("sandbox/", include("sandbox.urls")))

handler400 = "ihome_project.views.bad_request"
handler403 = "ihome_project.views.forbidden"
handler404 = "ihome_project.views.not_found"
handler500 = "ihome_project.views.server_error"
