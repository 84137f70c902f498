from importlib import import_module

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "通知"

    def ready(self) -> None:
        """Register the tasks for processes that run them in place, and tell of sign-ins from new places."""
        import_module("notifications.tasks")
        import_module("notifications.sign_ins").connect()
