"""What people say and write, taken in turn, so that the same story always reads the same."""

from decisions.choices import EvidenceResult
from governance.choices import PrerequisiteKind

AGREE = (
    "同意。前期调研比较充分，方案可行。",
    "同意所提方案，建议把时间节点细化到周。",
    "同意。请承办部门做好解释说明，注意听取一线教师意见。",
    "同意。经费和人员安排基本落实，抓紧组织实施。",
    "同意方案，建议学期末对执行效果做一次评估。",
    "同意。程序符合要求，请按规定公开有关内容。",
    "同意。责任分工明确，落实中要加强部门协同。",
    "同意，建议把安全要求写进实施细则。",
)
OPINIONS = (
    "方案基本成熟，建议补充分阶段的任务清单。",
    "赞成。与教学安排不冲突，可以实施。",
    "建议由分管部门牵头，每两周通报一次进展。",
    "同意，注意控制支出，严格按预算执行。",
    "同意，建议同步做好家长告知。",
    "没有不同意见，总务方面可以保障。",
)
CHAIR_PARTY = (
    "综合大家意见，方案符合学校实际，同意。请承办部门按会议要求抓好落实。",
    "同意大家的意见。各责任人要对照时限推进，有问题及时报告。",
    "同意。落实情况列入下次会议通报。",
)
CHAIR_ADMIN = (
    "听取了各位意见，同意按方案办理，由承办部门负责落实。",
    "大家意见一致，同意。请分管领导盯紧进度。",
    "同意。有关细节由承办部门会后完善。",
)
STUDIES = (
    "第一议题：学习党组织领导的校长负责制有关规定",
    "第一议题：学习关于教育工作的重要论述",
    "第一议题：学习新修订的纪律处分条例",
    "第一议题：学习教育强国建设规划纲要",
    "第一议题：学习师德师风建设有关要求",
)
LEGAL_NUMBER = "云法顾〔{year}〕{number}号"

# kind → (participants, conclusion, result)
EVIDENCE: dict[str, tuple[str, str, str]] = {
    PrerequisiteKind.RESEARCH: (
        "承办部门和有关年级、教研组负责人",
        "走访座谈并查阅近三年资料，现状和需求已摸清，建议方案可行。",
        EvidenceResult.FAVOURABLE,
    ),
    PrerequisiteKind.OPINION: (
        "教职工代表和有关部门",
        "书面征求意见并公开 5 天，收到意见 12 条，采纳 9 条，无原则性反对。",
        EvidenceResult.FAVOURABLE,
    ),
    PrerequisiteKind.EXPERT: (
        "校外专家 3 人",
        "专家一致认为方案可行，建议完善实施步骤。",
        EvidenceResult.FAVOURABLE,
    ),
    PrerequisiteKind.LEGAL: (
        "学校法律顾问",
        "内容和程序合法，文本已按意见修改。",
        EvidenceResult.FAVOURABLE,
    ),
    PrerequisiteKind.RISK: (
        "安全、财务和承办部门",
        "稳定、安全、廉政风险评估为低风险，防控措施已列入方案。",
        EvidenceResult.FAVOURABLE,
    ),
    PrerequisiteKind.CONGRESS: (
        "教代会代表",
        "代表团讨论后提出建议 4 条，已吸收 3 条。",
        EvidenceResult.HEARD,
    ),
    PrerequisiteKind.DELIBERATION: (
        "书记、副书记、纪检委员和分管副校长",
        "在规定范围内充分酝酿，意见一致。",
        EvidenceResult.FAVOURABLE,
    ),
    PrerequisiteKind.INSPECTION: (
        "考察组 3 人，谈话 24 人",
        "政治素质、业务能力和群众基础符合要求。",
        EvidenceResult.FAVOURABLE,
    ),
    PrerequisiteKind.DISCIPLINE: (
        "纪检委员",
        "未发现影响任用或实施的问题。",
        EvidenceResult.FAVOURABLE,
    ),
    PrerequisiteKind.BUDGET: (
        "财务室",
        "已列入预算，资金来源落实。",
        EvidenceResult.FAVOURABLE,
    ),
    PrerequisiteKind.PARENTS: (
        "家委会委员 11 人",
        "问卷 1,120 份，赞成率 93%，家委会同意。",
        EvidenceResult.FAVOURABLE,
    ),
}
