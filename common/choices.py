"""Vocabulary shared by every app."""

from django.db.models import TextChoices


class Level(TextChoices):
    """How hard a rule bites (facts.md §4): refuse, breach, warning, hint."""

    BLOCK = "B", "阻断"
    BREACH = "E", "违规"
    WARN = "W", "预警"
    INFO = "I", "提示"
