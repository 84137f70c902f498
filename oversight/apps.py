from importlib import import_module

from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "oversight"
    verbose_name = "区级监管"

    def ready(self) -> None:
        """Keep the figures of a school whenever one of its acts is sealed or its rules were asked."""
        import_module("oversight.hooks").connect()
