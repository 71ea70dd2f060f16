"""Where the sandbox answers."""

from django.urls import path

from sandbox.views import gateway

urlpatterns = [path("gateway.do", gateway, name="sandbox-gateway")]
