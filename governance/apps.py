from importlib import import_module

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = "治理结构"

    def ready(self) -> None:
        """Have the formal records of this app sealed."""
        import_module("governance.seals").register_all()
