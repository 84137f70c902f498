from importlib import import_module

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class CommonConfig(AppConfig):
    name = "common"
    verbose_name = "通用"

    def ready(self) -> None:
        """Have the database refuse changes of history and issued records, also of tables that were just made."""
        # Told once, by an app that has models; every table is there by then.
        post_migrate.connect(_guard, sender=apps.get_app_config("contenttypes"))


def _guard(**kwargs: object) -> None:
    import_module("common.append_only").install()
