"""The other seven schools: each kind of Party organisation, 分设 and 一肩挑, and a branch without committee."""

from dataclasses import dataclass, replace

from demo.school_items import MATTERS, Matter
from demo.story import (
    Act,
    Duty,
    Item,
    Person,
    Post,
    SchoolStory,
    Sitting,
    Step,
    Visit,
    done,
    running,
)
from governance.choices import SchoolPreset, SchoolStage
from governance.choices import SeatRole as Role

KEYS = ("secretary", "principal", "deputy", "vice", "discipline", "organizer", "member", "clerk", "staff")


@dataclass(frozen=True)
class Sketch:
    """A school in a few words. `names` follow KEYS; an empty one is an office nobody holds."""

    slug: str
    code: str
    name: str
    short_name: str
    preset: str
    stage: str
    cluster: str
    party_members: int
    students: int
    teachers: int
    names: tuple[str, ...]
    twist: str
    label: str = ""
    earlier: int = 0  # working days by which its meetings lie further back
    overdue: int = 0  # days by which the second matter's task is late; 0: it is not
    lapse: str = ""  # unsigned (R61), own_recorder (R60), new_vice (R04)


SKETCHES = (
    Sketch(
        "zhiyuan", "YC-102", "致远中学", "致远", SchoolPreset.COMMITTEE, SchoolStage.SENIOR, "中心学区",
        118, 2460, 226,
        ("严怀安", "贺云舟", "卢清和", "石晚晴", "钱若木", "万芷兰", "杜松年", "丁一苇", "龚一帆"),
        "rejected", earlier=2,
    ),
    Sketch(
        "yucai", "YC-201", "育才小学", "育才", SchoolPreset.DUAL_ROLE, SchoolStage.PRIMARY, "中心学区",
        34, 1240, 78,
        ("潘若兰", "", "顾念慈", "江疏影", "柳明远", "温如玉", "", "白露华", "章以宁"),
        "deferred", label="一肩挑学校书记、校长", earlier=1, lapse="unsigned",
    ),
    Sketch(
        "chenguang", "YC-301", "晨光幼儿园", "晨光", SchoolPreset.ASSEMBLY, SchoolStage.KINDERGARTEN, "城北学区",
        6, 270, 31,
        ("叶知秋", "", "", "方采薇", "舒云", "宋明月", "于佳禾", "马晓棠", "程小满"),
        "amended", label="小支部书记（支部党员大会）", earlier=5,
    ),
    Sketch(
        "beichen", "YC-103", "北辰学校", "北辰", SchoolPreset.GENERAL_BRANCH, SchoolStage.NINE_YEAR, "城北学区",
        57, 1520, 131,
        ("傅长河", "", "尹书简", "邵一鸣", "姚望舒", "常乐山", "", "康文静", "史可久"),
        "returned", earlier=3, overdue=6,
    ),
    Sketch(
        "chongshi", "YC-401", "崇实职业学校", "崇实", SchoolPreset.COMMITTEE, SchoolStage.VOCATIONAL, "城北学区",
        104, 2980, 212,
        ("曹正声", "葛天行", "吕思齐", "华一诺", "孔令仪", "凌霜降", "路致远", "唐小雅", "鲁大川"),
        "disputed", earlier=7, lapse="new_vice",
    ),
    Sketch(
        "qiuzhen", "YC-104", "求真中学", "求真", SchoolPreset.BRANCH, SchoolStage.JUNIOR, "中心学区",
        41, 980, 86,
        ("魏行之", "陶知非", "", "苏白榆", "洪亮节", "倪朝晖", "", "乐思敏", "邱实"),
        "recused", earlier=4, overdue=2, lapse="own_recorder",
    ),
    Sketch(
        "huaiyin", "YC-202", "槐荫小学", "槐荫", SchoolPreset.DUAL_ROLE, SchoolStage.PRIMARY, "城北学区",
        19, 560, 42,
        ("汪清源", "", "", "夏初蝉", "武安然", "殷实秋", "", "毕书宁", "岑有声"),
        "withdrawn",
    ),
)  # fmt: skip
LEAVES = ("organizer", "市级培训")
NEW_VICE = (Post("admin", "staff", Role.VICE_PRINCIPAL, order=9, since=-3, is_party_member=True),)


def posts_of(sketch: Sketch, have: set[str]) -> tuple[Post, ...]:
    """Seats as the preset and the persons at hand allow."""
    head = "principal" if "principal" in have else "secretary"
    if sketch.preset == SchoolPreset.ASSEMBLY:
        party = [("secretary", Role.SECRETARY)]
        party += [(key, Role.PARTY_MEMBER) for key in ("vice", "discipline", "organizer", "member")]
    else:
        party = [
            ("secretary", Role.SECRETARY),
            ("principal", Role.DEPUTY_SECRETARY),
            ("deputy", Role.FULLTIME_DEPUTY_SECRETARY),
            ("vice", Role.MEMBER),
            ("discipline", Role.DISCIPLINE_MEMBER),
            ("organizer", Role.ORGANIZATION_MEMBER),
            ("member", Role.MEMBER),
        ]
    admin = [
        (head, Role.PRINCIPAL),
        ("vice", Role.VICE_PRINCIPAL),
        ("organizer", Role.ADMIN_MEMBER),
        ("member", Role.ADMIN_MEMBER),
    ]
    clerk = [("clerk", Role.CLERK)]
    return tuple(
        Post(body, who, role, order=order)
        for body, seats in (("party", party + clerk), ("admin", admin + clerk))
        for order, (who, role) in enumerate(seats, start=1)
        if who in have
    )


def sittings_of(sketch: Sketch) -> tuple[Sitting, ...]:
    """Five meetings: one loop closed, one deployed, one begun; the times differ a little between schools."""
    first = -38 - sketch.earlier
    last = "unsigned" if sketch.lapse == "unsigned" else "review" if sketch.overdue else "issued"
    return (
        Sitting("A1", "admin", first),
        Sitting("P1", "party", first + 6),
        Sitting(
            "A2", "admin", first + 12, recorder="principal" if sketch.lapse == "own_recorder" else "clerk"
        ),
        Sitting("P2", "party", first + 18, leaves=dict([LEAVES]) if sketch.twist == "deferred" else {}),
        Sitting("A3", "admin", first + 22, papers=last),
    )


def items_of(sketch: Sketch, matters: tuple[Matter, ...], have: set[str]) -> tuple[Item, ...]:
    """Eight matters: finished, under way, decided directly, of everyday, waiting, twisted, submitted, drafted."""
    head = "principal" if "principal" in have else "secretary"
    finished, under_way, party, daily, waiting, twisted, asked, drafted = (
        Item(
            f"m{number}",
            matter.code,
            matter.title,
            "secretary" if matter.is_party else head if matter.by_head else "vice",
            matter.department,
            matter.background,
            matter.proposal,
            amount=matter.amount,
            fund=matter.fund,
        )
        for number, matter in enumerate(matters)
    )
    late = sketch.overdue
    return (
        _with(finished, "A1", "P1", "A2", duty=Duty(matters[0].duty, "staff", 20, steps=done(14))),
        _with(
            under_way,
            "A2",
            "P2",
            "A3",
            duty=Duty(
                matters[1].duty,
                "staff",
                due_exact=-late if late else 12,
                steps=(
                    *running(8, 45, "主要环节已完成，正在收尾。"),
                    *((Step(13, "urge", "请抓紧办理并反馈。", by="clerk"),) if late else ()),
                ),
            ),
        ),
        _with(party, "P1", duty=Duty(matters[2].duty, "organizer", 15, steps=done(9)), old=True),
        _with(daily, "A3", duty=Duty(matters[3].duty, "staff", due_exact=5, steps=(Step(1, "receive"),))),
        replace(waiting, visits=(Visit("A3"),)),
        _twist(twisted, sketch),
        replace(asked, submitted=-3, confirmed=-2 if len(sketch.name) % 2 else None),
        replace(drafted, drafted=-2),
    )


def _with(item: Item, *meetings: str, duty: Duty, old: bool = False) -> Item:
    visits = (*(Visit(meeting) for meeting in meetings[:-1]), Visit(meetings[-1], duties=(duty,)))
    return replace(item, visits=visits, finish="已完成，结果已公开。" if old or meetings[0] == "A1" else "")


def _twist(item: Item, sketch: Sketch) -> Item:
    """The one matter of each school that did not go straight."""
    first = Visit("A2")
    match sketch.twist:
        case "rejected":
            last = Visit(
                "P2",
                "rejected",
                votes=(2, 4, 1),
                says={"discipline": ("disagree", "条件不成熟，风险没有化解。")},
            )
        case "deferred":
            last = Visit(
                "P2",
                "deferred",
                votes=(2, 1, 1),
                says={"discipline": ("defer", "情况还不清楚，建议补充后再议。")},
            )
        case "amended":
            last = Visit(
                "P2",
                "passed_amended",
                votes=(4, 0, 1),
                decision="党员大会同意方案，修改一处：实施时间推迟一个月，先征求家长意见。",
            )
        case "recused":
            last = Visit(
                "P2",
                recused={"vice": "本人亲属参与报名"},
                duties=(Duty("按程序公示并上报", "organizer", 20, steps=done(12)),),
            )
        case "returned":
            return replace(
                item, visits=(Visit("A3", "returned", decision="退回总务处完善：补充经费测算后重新提交。"),)
            )
        case "withdrawn":
            return replace(
                item, submitted=-12, acts=(Act(-9, "17:12", "withdraw", ("上级统一安排，学校不再单独组织",)),)
            )
        case _:
            dispute = ("major", "对实施时间和资金安排意见不一致，须再次沟通。")
            return replace(
                item,
                visits=(first,),
                acts=(Act(-18, "08:50", "confirm"), Act(-17, "17:02", "consult", dispute)),
            )
    return replace(item, visits=(first, last))


def story_of(sketch: Sketch) -> SchoolStory:
    """The whole story of a sketch."""
    named = [(key, name) for key, name in zip(KEYS, sketch.names, strict=True) if name]
    have = {key for key, _ in named}
    return SchoolStory(
        slug=sketch.slug,
        fields={
            "preset": sketch.preset,
            "code": sketch.code,
            "name": sketch.name,
            "short_name": sketch.short_name,
            "stage": sketch.stage,
            "cluster": sketch.cluster,
            "party_members": sketch.party_members,
            "students": sketch.students,
            "teachers": sketch.teachers,
        },
        people=tuple(Person(key, name, sketch.label if key == "secretary" else "") for key, name in named),
        posts=posts_of(sketch, have) + (NEW_VICE if sketch.lapse == "new_vice" else ()),
        staff=(("staff", "总务处", "主任"), ("clerk", "办公室", "干事")),
        portfolios=(
            ("secretary", "主持党组织工作", "AB", ()),
            ("vice", "分管教学和总务", "EG", ("总务处", "教务处")),
        ),
        sittings=sittings_of(sketch),
        items=items_of(sketch, MATTERS[sketch.slug], have),
    )


STORIES = tuple(story_of(sketch) for sketch in SKETCHES)
