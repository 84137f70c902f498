from importlib import import_module

from django.apps import AppConfig


class HandoverConfig(AppConfig):
    name = "handover"
    verbose_name = "交接"

    def ready(self) -> None:
        """Have the formal records of this app sealed."""
        import_module("handover.seals").register_all()
