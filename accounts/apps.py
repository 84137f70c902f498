from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        """Write what Django, allauth and axes announce into the security trail."""
        import_module("accounts.receivers").connect()
