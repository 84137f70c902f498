"""Setting a procedure parameter at one level (facts.md §4)."""

from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse

from common.checks import Check
from common.choices import Level
from common.errors import Blocked, NotNow
from common.history import save_as
from governance.access import require_administration, require_authority
from governance.choices import ParameterLevel
from governance.models import Authority, ProcedureParameter, School
from governance.parameters import KEYS, check_value, is_stricter, value_above, words
from ledger import services as ledger


@transaction.atomic
def set_parameter(
    *,
    actor: Any,
    level: str,
    key: str,
    value: Any,
    source: str,
    since: date,
    authority: Authority | None = None,
    school: School | None = None,
) -> ProcedureParameter:
    """Set a value from a day; earlier values stay and go on governing earlier days.

    NotNow for an unknown key or a malformed value; Blocked where a school would lower a threshold of
    attendance or vote that the district or the nation sets.
    """
    owner = school if level == ParameterLevel.SCHOOL else authority
    if owner is None or (school is not None and authority is not None):
        raise ValueError("level school needs a school, every other level an authority")
    if school is not None:
        require_administration(actor, school, "议事参数由书记、会议秘书或区教育工委设定。")
        School.objects.select_for_update().get(pk=school.pk)
    else:
        require_authority(actor, authority)
    check_value(key, value)
    if school is not None:
        above = value_above(school, key, since)
        if not is_stricter(key, value, above):
            label = KEYS[key].label
            raise Blocked(
                [
                    Check(
                        "R30",
                        label,
                        Level.BLOCK,
                        False,
                        message=f"{label}上级定为“{words(key, above)}”，学校只能从严，"
                        f"不能改为“{words(key, value)}”。请填更严的值。",
                        clause="《议事参数》下级从严·规则 R30",
                        fix_url=reverse("governance:parameters"),
                        fix_label="看现行参数",
                    )
                ],
                "学校只能设更严的到会和通过门槛。",
            )
    said = {"key": key, "value": value, "source": source, "since": since}
    same = {"level": level, "authority": authority, "school": school, **said}
    newest = (
        ProcedureParameter.objects.filter(key=key, authority=authority, school=school).order_by("-pk").first()
    )
    if newest is not None and all(getattr(newest, name) == told for name, told in same.items()):
        raise NotNow(f"{KEYS[key].label}已按此设定，没有重复登记。")
    row = save_as(
        ProcedureParameter(**same),
        actor,
        f"设定{KEYS[key].label}",
    )
    ledger.append(
        owner.chain_key,
        kind="parameter.set",
        subject=f"governance.procedureparameter:{row.pk}",
        payload={"level": level, **said},
        actor=actor,
    )
    return row
