from importlib import import_module

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "registers"
    verbose_name = "监督台账"

    def ready(self) -> None:
        """Have the entries of the registers sealed."""
        import_module("registers.seals").register_all()
