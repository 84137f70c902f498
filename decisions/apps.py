from importlib import import_module

from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "decisions"
    verbose_name = "议题"

    def ready(self) -> None:
        """Have the formal records of this app sealed."""
        import_module("decisions.seals").register_all()
