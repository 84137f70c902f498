"""Words of the district's rooms."""

from django.db.models import TextChoices


class PostSetup(TextChoices):
    """How 书记 and 校长 are filled, computed from today's seats."""

    SEPARATE = "separate", "分设"
    DUAL = "dual", "一肩挑"
    VACANT = "vacant", "职务空缺"
