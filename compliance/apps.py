from importlib import import_module

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "compliance"
    verbose_name = "合规"

    def ready(self) -> None:
        """Register the rules and what is sealed, and re-check a school whenever one of its acts is sealed."""
        import_module("compliance.rules")
        import_module("compliance.hooks").connect()
        import_module("compliance.seals").register_all()
