"""Where there is a sandbox, and where there is none."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

SHOW = (
    "import django; django.setup(); from django.apps import apps; from django.urls import Resolver404, resolve\n"
    "try: resolve('/sandbox/gateway.do'); found = True\n"
    "except Resolver404: found = False\n"
    "print(apps.is_installed('sandbox'), found)"
)


@pytest.mark.parametrize(
    ("site_url", "provider", "is_there"),
    [
        ("http://127.0.0.1:8000", "sandbox", True),
        ("http://127.0.0.1:8000", "alipay", False),
        ("https://ihome.example", "sandbox", False),
        ("HTTPS://ihome.example", "sandbox", False),
        ("https://ihome.example", "alipay", False),
    ],
)
def test_real_guests_find_no_sandbox(tmp_path, site_url, provider, is_there):
    site = {"SITE_URL": site_url, "PAYMENT_PROVIDER": provider, "IHOME_VAR_DIR": str(tmp_path)}
    environment = os.environ | site | {"DJANGO_SETTINGS_MODULE": "ihome_project.settings"}
    shown = subprocess.run(  # noqa: S603 — our own words
        [sys.executable, "-c", SHOW], env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    assert shown.stdout.split() == [str(is_there)] * 2
