from importlib import import_module

from django.apps import AppConfig

from common.downloads import gates


class DocumentsConfig(AppConfig):
    name = "documents"
    verbose_name = "公文"

    def ready(self) -> None:
        """Register the font check and what is sealed, and the tasks for processes that run them in place."""
        import_module("documents.fonts")
        import_module("documents.tasks")
        import_module("documents.seals").register_all()
        gates.append(import_module("documents.services").require_clean)
