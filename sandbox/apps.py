"""What the app is called."""

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    """A gateway that speaks Alipay's protocol and moves no money, for trying the site out."""

    name = "sandbox"
