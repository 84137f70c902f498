"""The meeting that is being held right now, to be tried at once (the sample 会议记录)."""

from datetime import timedelta

from demo.clock import Calendar
from demo.player import Player
from demo.room import Room
from demo.story import Item, Sitting, Visit
from meetings.choices import AttendanceStatus, Stance
from meetings.services import deliberation, invitations, sitting

ARRIVALS = {"secretary": 8, "principal": 5, "deputy": 10, "vice": 4, "vice_second": 2, "discipline": 11}
MINUTES_AGO = 42


class LiveRoom(Room):
    """第一议题 studied, the first item passed, the second under deliberation, two more waiting."""

    @property
    def starts(self):
        """A little while ago, at a full five minutes, whatever hour it is."""
        began = self.player.calendar.now - timedelta(minutes=MINUTES_AGO)
        return began.replace(minute=began.minute - began.minute % 5, second=0, microsecond=0)

    def lay(self) -> None:
        """Planned and notified days ago; held by `play` once every other act is done."""
        self.player.at(self.plan.listed_on - 1, "17:10", self.arrange)
        self.player.at(self.plan.listed_on, "09:05", self.list)

    def arrange(self) -> None:
        super().arrange()
        row = self.meeting.attendances.get(seat__person=self.player.who("organizer"))
        sitting.set_attendance(
            row.pk,
            actor=self.player.who("organizer"),
            status=AttendanceStatus.LEAVE,
            version=row.version,
            reason="市委党校学习",
        )

    def list(self) -> None:
        """The agenda, and two observers for the items they know about."""
        super().list()
        for name, key, identity in (("finance", 0, "财务"), ("vice_non_party", 2, "副校长")):
            entry = self.entry_of(self.visits[key][0])
            invitations.add_observer(
                self.meeting.pk,
                actor=self.clerk,
                name=str(self.player.who(name)),
                identity=identity,
                person=self.player.who(name),
                entry_id=entry.pk,
            )

    def play(self) -> None:
        """From the opening to the statement that is just being written."""
        clock, player = self.player.clock, self.player
        clock.set(max(self.starts, clock.moment))
        meeting = sitting.start_meeting(self.meeting.pk, actor=self.clerk)
        for row in meeting.attendances.select_related("seat__person").exclude(status="leave"):
            early = ARRIVALS[player.key_of(row.seat.person)]
            sitting.set_attendance(
                row.pk,
                actor=self.clerk,
                status=AttendanceStatus.PRESENT,
                version=row.version,
                at=self.starts - timedelta(minutes=early),
            )
        finance = meeting.observers.get(person=player.who("finance"))
        sitting.set_observer_presence(finance.pk, actor=self.clerk, is_present=True)
        first = meeting.entries.get(kind="first_topic")
        deliberation.open_entry(first.pk, actor=self.clerk)
        clock.set(self.starts + timedelta(minutes=6))
        deliberation.finish_first_topic(first.pk, actor=self.clerk)
        (budget, passed), (cadre, open_visit) = self.visits[:2]
        self.deliberate(budget, passed)
        clock.set(self.starts + timedelta(minutes=26))
        self.conclude(budget, passed)
        sitting.set_observer_presence(finance.pk, actor=self.clerk, is_present=False)
        clock.set(self.starts + timedelta(minutes=29))
        self.deliberate(cadre, open_visit)
        entry = self.write(cadre, open_visit)
        last = entry.statements.order_by("-order")[0]
        clock.set(self.starts + timedelta(minutes=MINUTES_AGO))
        deliberation.save_statement(
            last.pk,
            actor=self.clerk,
            text="综合各位意见，人选条件和程序符合要求，同意任用。请组织办抓紧公示，",
            stance=Stance.NONE,
            version=last.version,
        )


def live_sitting() -> Sitting:
    """How the meeting of today is announced."""
    return Sitting(
        "PL", "party", 0, study="第一议题：学习党组织领导的校长负责制有关规定", is_held=False, papers=""
    )


LIVE_ITEMS = (
    Item(
        "budget",
        "G01",
        "{next_year}年度学校预算草案",
        "vice",
        "财务室",
        "按区教育局、财政局预算编制通知，学校完成收支测算，提出{next_year}年度预算草案。",
        "全年预算收入 2,860.00 万元，支出按人员、公用、项目三类安排，项目支出优先保障校舍安全和课后服务。\n"
        "不安排赤字，项目资金按季度公开执行进度。",
        amount=28_600_000,
        fund="财政拨款和事业收入",
        presenter="vice",
        drafter="finance",
        observers="",
        visits=(
            Visit(
                "A17",
                decision="会议听取意见后，校长林知远决定：同意形成{next_year}年度预算建议方案，"
                "提交党总支会议讨论决定。",
            ),
            Visit(
                "PL",
                votes=(6, 0, 0),
                decision="会议同意{next_year}年度学校预算草案，按程序报区教育局审批后在校内公开。"
                "由财务室分解指标，分管副校长按季度通报执行进度。",
                says={
                    "vice": ("agree", "汇报：全年收支平衡，项目支出优先保障校舍安全和课后服务。"),
                    "principal": ("agree", "预算编制过程公开，校长办公会议已逐项核过，同意提交决定。"),
                    "deputy": ("agree", "教师培训经费占公用经费的比例达到规定，同意。"),
                    "vice_second": ("agree", "教学设备更新分两期安排比较稳妥，同意。"),
                    "discipline": ("agree", "建议项目支出按季度公开，接受监督。同意。"),
                    "secretary": ("agree", "同意大家的意见。预算批复后及时公开，严格执行。"),
                },
            ),
        ),
    ),
    Item(
        "cadre_live",
        "B01",
        "教务处副主任选任人选",
        "deputy",
        "组织办",
        "教务处副主任岗位空缺，按干部选任工作方案完成动议、民主推荐和考察。",
        "拟任用沈若溪同志为教务处副主任，试用期一年。民主推荐得票 86%，考察组意见一致。",
        visits=(
            Visit(
                "PL",
                votes=(5, 0, 0),
                decision="会议同意沈若溪同志任教务处副主任，试用期一年，按规定公示五个工作日。"
                "由组织办发布公示，教务处在公示结束后一周内完成工作交接。",
                recused={"vice": "与人选有亲属关系"},
                says={
                    "deputy": ("agree", "介绍推荐和考察情况。民主推荐得票 86%，考察组意见一致。"),
                    "discipline": ("agree", "廉洁审核无问题，个人事项报告已核对。"),
                    "vice_second": ("agree", "曾任年级组长，沟通能力强。建议任职后补信息化管理培训。"),
                    "principal": ("agree", "同意提名。分管工作交接要在一周内完成，保证期末教学秩序。"),
                    "secretary": ("", "综合各位意见，人选条件和程序符合要求，"),
                },
            ),
        ),
    ),
    Item(
        "after_live",
        "E03",
        "{next_term}课后服务与收费方案",
        "vice_second",
        "教务处",
        "现行课后服务方案本学期末到期，须重新确定课程目录、师资安排和收费标准。",
        "开设基础托管和兴趣课程两类共 38 门，收费标准不变，困难学生全额减免。\n家委会参与课程满意度测评。",
        amount=410_000,
        fund="课后服务费专户",
        visits=(
            Visit("A17", decision="校长林知远决定：同意形成课后服务与收费建议方案，提交党总支会议讨论决定。"),
            Visit("PL"),
        ),
    ),
    Item(
        "ethics_live",
        "D01",
        "师德专题教育实施方案",
        "deputy",
        "组织办",
        "上级部署开展师德专题教育，学校结合年度师德考核安排集中学习和自查。",
        "分学习、自查、整改三个阶段，覆盖全体教职工 142 人，期末向党总支报告。",
        visits=(
            Visit("A17", decision="校长林知远决定：同意形成师德专题教育建议方案，提交党总支会议讨论决定。"),
            Visit("PL"),
        ),
    ),
)


def room_today(player: Player, calendar: Calendar) -> LiveRoom:
    """The room of the meeting in progress, not yet laid."""
    return LiveRoom(player, live_sitting())
