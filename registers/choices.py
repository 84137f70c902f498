"""Words of the registers (facts.md §4 监督, §6)."""

from django.db.models import TextChoices


class ApprovalMatter(TextChoices):
    ORG_EXCEPTION = "org_exception", "党组织设置例外"
    DUAL_ROLE = "dual_role", "书记校长一人担任"
    TERM_EXTENSION = "term_extension", "延期换届"


class ReportState(TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已报送"
    RETURNED = "returned", "退改"
    REVIEWED = "reviewed", "已审阅"


class PolicyKind(TextChoices):
    CHARTER = "charter", "学校章程"
    PARTY_RULES = "party_rules", "党组织会议议事规则"
    ADMIN_RULES = "admin_rules", "校长办公会议议事规则"
    MAJOR_LIST = "major_list", "“三重一大”事项清单"
    CONSULTATION_RULES = "consultation_rules", "书记校长沟通制度"
    OTHER = "other", "其他制度"


class FilingState(TextChoices):
    FILED = "filed", "待审核"
    RETURNED = "returned", "退回修改"
    APPROVED = "approved", "审核通过"


class OrgLifeKind(TextChoices):
    ASSEMBLY = "assembly", "党员大会"
    COMMITTEE = "committee", "支委会"
    GROUP = "group", "党小组会"
    LECTURE = "lecture", "党课"
    THEME_DAY = "theme_day", "主题党日"


class InspectionKind(TextChoices):
    INSPECTION = "inspection", "巡察"
    AUDIT = "audit", "审计"
    SUPERVISION = "supervision", "督导"


class Retention(TextChoices):
    PERMANENT = "permanent", "永久"
    THIRTY = "thirty", "30年"
    TEN = "ten", "10年"
