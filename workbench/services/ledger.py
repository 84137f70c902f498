"""Checking the chains: every night all of them, when asked one; telling of faults; sending the root of the day."""

import json
from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.choices import AdminRole
from accounts.models import User
from common.errors import NotNow, NotPermitted
from governance.choices import AuthorityRole
from governance.models import AuthorityMember, School
from governance.selectors import supervisors_of
from ledger import services as ledger
from ledger.models import DailyRoot, LedgerCheck
from notifications.services import notify
from workbench.selectors.ledger import may_read_chain

WAIT = timedelta(minutes=2)  # between two checks of one chain by hand
NAMED_SCHOOLS = 3
KEEPERS = (AuthorityRole.LEADER, AuthorityRole.REVIEWER)  # who of an authority keeps the daily roots


@transaction.atomic
def check_school(school: School, *, actor: Any) -> LedgerCheck:
    """立即核验 of one school's chain and records. NotNow while one runs, or within two minutes after one."""
    if not may_read_chain(actor, school):
        raise NotPermitted("存证由书记、校长、会议秘书或区教育工委核验。")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [f"ledger-check:{school.chain_key}"])
        if not cursor.fetchone()[0]:
            raise NotNow("正在核验，请稍候刷新本页看结果。")
    last = LedgerCheck.objects.filter(chain=school.chain_key, began_at__gt=timezone.now() - WAIT).first()
    if last is not None:
        raise NotNow("刚核验过，请两分钟后再核验。", current=last)
    check = ledger.check_chain(school.chain_key)
    if check.breaches:
        raise_alarm(check)
    return check


def check_everything() -> LedgerCheck:
    """Every chain, every sealed record, every kept root; whoever is to know of a fault is told."""
    check = ledger.check_all()
    if check.breaches:
        raise_alarm(check)
    return check


@transaction.atomic
def raise_alarm(check: LedgerCheck) -> None:
    """Tell the authorities above the schools concerned, and the audit administrators, once per check.

    Names schools and numbers, never a matter: the notice leaves the platform by e-mail.
    """
    by_chain: dict[str, int] = defaultdict(int)
    for breach in check.breaches:
        by_chain[breach["chain"]] += 1
    schools = [
        school for school in School.objects.select_related("authority") if school.chain_key in by_chain
    ]
    told: dict[int, tuple[Any, list[School]]] = {}
    above = {school.authority_id: supervisors_of(school) for school in schools}
    for school in schools:
        for person in above[school.authority_id]:
            told.setdefault(person.pk, (person, []))[1].append(school)
    for person, concerned in told.values():
        number = sum(by_chain[school.chain_key] for school in concerned)
        _tell(
            check, person, f"存证核验发现 {number} 处不符：{_names(concerned)}", reverse("workbench:ledger")
        )
    rest = len(by_chain) - len(schools)
    names = "、".join(filter(None, [_names(schools), f"其他存证链 {rest} 条" if rest else ""]))
    for person in User.objects.filter(admin_role=AdminRole.AUDIT, is_active=True):
        total = sum(by_chain.values())
        _tell(check, person, f"存证核验发现 {total} 处不符：{names}", reverse("accounts:trail"))


def _names(schools: list[School]) -> str:
    shown = "、".join(school.name for school in schools[:NAMED_SCHOOLS])
    return shown if len(schools) <= NAMED_SCHOOLS else f"{shown}等 {len(schools)} 所学校"


def _tell(check: LedgerCheck, person: Any, title: str, url: str) -> None:
    notify(
        recipients=[person],
        kind="ledger.breached",
        title=title,
        body="正式记录或存证可能被绕过平台直接改动。请打开查看是哪一条、哪一项，并按页上的说明处理。",
        url=url,
        dedupe=f"ledger:check:{check.pk}",
    )


@transaction.atomic
def tell_root(kept: DailyRoot) -> int:
    """The root of a day to those who keep it in each authority, once; returns how many notices were written.

    Root and day suffice to convict a later rewrite; the file with all heads is on the page.
    """
    members = AuthorityMember.objects.active().filter(role__in=KEEPERS).select_related("person")
    written = notify(
        recipients=[member.person for member in members],
        kind="ledger.closed",
        title=f"存证根 {ledger.short(kept)}",
        body=f"{kept.day:%Y年%m月%d日} 全部 {len(kept.heads)} 条存证链的根哈希（{kept.algorithm.upper()}）：\n{kept.root}\n"
        "请在平台之外保存。日后改写任何一条存证，都会与它不符。",
        url=reverse("workbench:ledger"),
        dedupe=f"ledger:root:{kept.day.isoformat()}",
    )
    return len(written)


def mail_root(kept: DailyRoot) -> int:
    """The root with its file to the addresses of LEDGER_ROOT_MAIL; returns how many. OSError where mail fails."""
    if not settings.LEDGER_ROOT_MAIL:
        return 0
    mail = EmailMessage(
        subject=f"学校议事决策平台存证根 {ledger.short(kept)}",
        body=f"{kept.day.isoformat()} 的根哈希：{kept.root}\n附件为全部存证链的链尾，请在平台之外保存。",
        to=list(settings.LEDGER_ROOT_MAIL),
    )
    mail.attach(
        f"root-{kept.day.isoformat()}.json", json.dumps(ledger.export(kept), indent=1), "application/json"
    )
    mail.send()
    return len(settings.LEDGER_ROOT_MAIL)
