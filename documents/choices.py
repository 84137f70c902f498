"""Words of issued documents."""

from django.db.models import TextChoices

# 知悉范围 2 (班子成员和指定人员). The full list is governance.choices.AccessScope, which lies above this app.
RESTRICTED_SCOPE = 2


class ScanState(TextChoices):
    """How the scan for viruses of an upload stands."""

    PENDING = "pending", "待检"
    CLEAN = "clean", "无毒"
    INFECTED = "infected", "已隔离"


class DocumentKind(TextChoices):
    """Series of numbers: each counts by itself per school and year."""

    ITEM = "item", "议题单"
    PARTY_MINUTES = "party_minutes", "党组织会议纪要"
    ADMIN_MINUTES = "admin_minutes", "校长办公会议纪要"
    RESOLUTION = "resolution", "决议"
    ADMIN_RESOLUTION = "admin_resolution", "校长办公会议决定"
    PARTY_MEETING = "party_meeting", "党组织会议次序"
    ADMIN_MEETING = "admin_meeting", "校长办公会议次序"
    MEETING_RECORD = "meeting_record", "会议记录"
