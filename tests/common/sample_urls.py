"""The real addresses plus pages that refuse, fail and show every component; for tests only."""

from datetime import timedelta
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils import timezone

from common import components
from common.checks import Check
from common.errors import Blocked, NotNow, NotPermitted, NotVisible, StaleVersion
from config import urls as real

CHECKS = [
    Check(
        "R13", "校长办公会议已研究提出", "B", True, detail="10月26日 第20次会议，同意提交", fix_url="/x/1/"
    ),
    Check(
        "R24",
        "材料提前 2 日送达班子成员",
        "W",
        False,
        "11月25日 15:00 前须送达，已送达 0／7 人。",
        "议事规则第九条·规则 R24",
        "/x/2/",
        "送达材料",
    ),
    Check(
        "R17",
        "书记、校长就现方案沟通，无重大分歧",
        "B",
        False,
        "10月30日的沟通早于方案修改（11月12日），不能用于本次上会。请就新方案再次沟通并记录结论。",
        "中办《意见（试行）》（七）·规则 R17",
        "/x/3/",
        "记录沟通",
    ),
    Check("R22", "法律顾问出具合法性审查意见", "E", None, "缺意见书编号和结论。", "《事项清单》G05·规则 R22"),
    Check("R83", "党风廉政专题研究还差 1 次", "I", False, "", "每年至少两次·R83"),
]
STALE = {
    "by": "许静",
    "at": timezone.now() - timedelta(minutes=3),
    "changes": [{"label": "金额", "before": "180.00 万元", "after": "186.40 万元"}],
}
REFUSALS = {
    "hidden": NotVisible(),
    "forbidden": NotPermitted("议题由书记确定。", need="书记"),
    "late": NotNow("会议已散会，不能再签到。", current="已散会"),
    "stale": StaleVersion("此议题刚被许静更新，请刷新后再办。", current=STALE),
    "blocked": Blocked(CHECKS),
    "denied": PermissionDenied,
    "crash": RuntimeError("secret detail"),
}


class SampleForm(forms.Form):
    title = forms.CharField(label="议题名称", help_text="写清楚办什么事，例如“实验楼空调更新”。")
    amount = forms.DecimalField(label="涉及金额（万元）", error_messages={"invalid": "请填数字，例如 18.5。"})
    source = forms.ChoiceField(label="资金来源", choices=[("", "请选择"), ("a", "公用经费")])
    plan = forms.CharField(label="建议方案", required=False, widget=forms.Textarea({"rows": 3}))
    ballot = forms.ChoiceField(
        label="表决方式", choices=[("o", "口头"), ("s", "无记名投票")], widget=forms.RadioSelect
    )
    urgent = forms.BooleanField(label="紧急事项", required=False)


def refusing(request: HttpRequest, kind: str) -> HttpResponse:
    raise REFUSALS[kind]


def sample(request: HttpRequest) -> HttpResponse:
    messages.success(request, "纪要已签发")
    messages.error(request, "不能列入会议")
    today = timezone.localdate()
    steps = [
        components.Step(1, "提出", "校长办公会议", "done", ("10月26日 第20次会议", "林知远校长主持"), "通过"),
        components.Step(
            2,
            "决定",
            "党总支会议",
            "now",
            ("拟上 11月27日 第20次会议", "陈立德书记主持"),
            components.pill_for("阻断", "2 项未满足"),
        ),
        components.Step(3, "部署", "校长办公会议", "todo", ("决定后 7 日内召开",)),
        components.Step(4, "落实", "总务处", "todo", ("每两周反馈一次",)),
        components.Step(5, "办结", "校长报告"),
    ]
    return render(
        request,
        "sample.html",
        {
            "words": components.LOOKS,
            "dates": [today + timedelta(days=n) for n in (-4, 0, 3, 20)],
            "present": components.attendance_marks(7, 6, 1),
            "votes": components.vote_marks(7, approve=3, against=1, abstain=2),
            "steps": steps,
            "checks": CHECKS,
            "form": SampleForm({"amount": "十八万"}),
            "money": Decimal("1864000"),
        },
    )


urlpatterns = [
    path("sample/", sample),
    path("refusing/<str:kind>/", refusing),
    path("", include(real.urlpatterns)),
]
handler400, handler403, handler404, handler500 = (
    real.handler400,
    real.handler403,
    real.handler404,
    real.handler500,
)
