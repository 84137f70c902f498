from importlib import import_module

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = "会议"

    def ready(self) -> None:
        """Have the formal records of this app sealed."""
        import_module("meetings.seals").register_all()
