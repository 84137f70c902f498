"""Words of the institution layer; labels are the field's own terms (facts.md §1, §2)."""

from django.db.models import IntegerChoices, TextChoices


class AuthorityLevel(TextChoices):
    PROVINCE = "province", "省"
    CITY = "city", "市"
    DISTRICT = "district", "区县"


class SecondFactor(TextChoices):
    """What an authority says of two-step sign-in for its people and the chairs of its schools."""

    INHERIT = "", "按上级规定"
    REQUIRED = "required", "必须"
    OPTIONAL = "optional", "自愿"


class AuthorityRole(TextChoices):
    LEADER = "leader", "区领导"
    REVIEWER = "reviewer", "区督查"
    CLERK = "clerk", "区审核"


class SchoolStage(TextChoices):
    KINDERGARTEN = "kindergarten", "幼儿园"
    PRIMARY = "primary", "小学"
    JUNIOR = "junior", "初中"
    SENIOR = "senior", "高中"
    NINE_YEAR = "nine_year", "九年一贯"
    COMPLETE = "complete", "完全中学"
    TWELVE_YEAR = "twelve_year", "十二年一贯"
    VOCATIONAL = "vocational", "中职"
    SPECIAL = "special", "特教"


class PartyOrgKind(TextChoices):
    COMMITTEE = "party_committee", "党委"
    GENERAL_BRANCH = "general_branch", "党总支"
    BRANCH = "party_branch", "党支部"
    JOINT_BRANCH = "joint_branch", "联合党支部"


class SchoolPreset(TextChoices):
    """The few ways a school may be set up (architecture.md §4.10)."""

    COMMITTEE = "committee", "党委校"
    GENERAL_BRANCH = "general_branch", "总支校"
    BRANCH = "branch", "支部校"
    DUAL_ROLE = "dual_role", "一肩挑校"
    ASSEMBLY = "assembly", "小支部党员大会"


class BodyKind(TextChoices):
    PARTY = "party", "党组织会议"
    ADMIN = "admin", "校长办公会议"
    STAFF_CONGRESS = "staff_congress", "教代会"
    ASSEMBLY = "assembly", "支部党员大会"


class SeatRole(TextChoices):
    SECRETARY = "secretary", "书记"
    FULLTIME_DEPUTY_SECRETARY = "fulltime_deputy_secretary", "专职副书记"
    DEPUTY_SECRETARY = "deputy_secretary", "副书记"
    DISCIPLINE_MEMBER = "discipline_member", "纪检委员"
    ORGANIZATION_MEMBER = "organization_member", "组织委员"
    MEMBER = "member", "委员"
    PARTY_MEMBER = "party_member", "党员"
    PRINCIPAL = "principal", "校长"
    VICE_PRINCIPAL = "vice_principal", "副校长"
    ADMIN_MEMBER = "admin_member", "行政班子成员"
    CONGRESS_CHAIR = "congress_chair", "教代会主席"
    DELEGATE = "delegate", "教代会代表"
    CLERK = "clerk", "会议秘书"


class MajorClass(TextChoices):
    DECISION = "D", "重大决策"
    CADRE = "K", "重要干部任免"
    PROJECT = "X", "重大项目安排"
    FUND = "F", "大额度资金使用"


class Route(TextChoices):
    LOOP = "L", "循环议题"
    PARTY = "P", "党组织直接决定"
    ADMIN = "A", "校长办公会议决定"


class Aspect(TextChoices):
    """Groups of the catalogue; the six aspects of 循环议事 (S1§5) are C to H, A and B are Party matters."""

    PARTY_BUILDING = "A", "党的建设"
    PEOPLE = "B", "干部人事"
    DEVELOPMENT = "C", "学校发展"
    CULTURE = "D", "育人文化"
    CURRICULUM = "E", "课程教学"
    TEACHERS = "F", "教师成长"
    MANAGEMENT = "G", "内部管理"
    EXTERNAL = "H", "外部环境"


class PrerequisiteKind(TextChoices):
    RESEARCH = "research", "调研"
    OPINION = "opinion", "征求意见"
    EXPERT = "expert", "专家论证"
    LEGAL = "legal", "合法性审查"
    RISK = "risk", "风险评估"
    CONGRESS = "congress", "教代会"
    DELIBERATION = "deliberation", "酝酿"
    INSPECTION = "inspection", "考察"
    DISCIPLINE = "discipline", "纪检意见"
    BUDGET = "budget", "预算来源确认"
    PARENTS = "parents", "家委会意见"


class CongressMode(TextChoices):
    NONE = "", "不需要"
    HEAR = "hear", "听取意见"
    APPROVE = "approve", "讨论通过"


class AttendanceKind(TextChoices):
    HALF = "h", "半数以上"
    TWO_THIRDS = "t", "三分之二以上"


class BallotMethod(TextChoices):
    ORAL = "oral", "口头表决"
    SHOW_OF_HANDS = "show_of_hands", "举手表决"
    SECRET = "secret", "无记名投票"
    NAMED = "named", "记名投票"
    PRINCIPAL = "principal", "听取意见后由校长决定"


class AccessScope(IntegerChoices):
    PUBLIC = 0, "公开"
    INTERNAL = 1, "校内"
    RESTRICTED = 2, "班子成员和指定人员"


class ParameterLevel(TextChoices):
    NATIONAL = "national", "国家"
    PROVINCE = "province", "省"
    DISTRICT = "district", "区"
    SCHOOL = "school", "校"


class GrantKind(TextChoices):
    """What an exception opens; the values are codenames of object permissions."""

    TASK = "view_decisionitem", "任务所涉议题"
    RECORD = "record_meeting", "委托记录"
    INSPECT = "inspect_school", "督查授权"
    FILE = "view_attachment", "共享文件"
