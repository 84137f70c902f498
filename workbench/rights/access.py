"""Who may open 权限目录: it tells of rights, not of business, so also two of 三员 may."""

from typing import Any

from accounts.choices import AdminRole
from common.errors import NotPermitted, NotVisible

READERS = "审计管理员、安全管理员、区教育工委人员、书记、校长或会议秘书"


def may_read_rights(request: Any) -> bool:
    """Whether 权限目录 is this person's to read."""
    offices = request.offices
    return (
        request.user.admin_role in (AdminRole.SECURITY, AdminRole.AUDIT)
        or bool(request.authorities)
        or bool(offices and (offices.is_secretary or offices.is_principal or offices.is_clerk))
    )


def require_reader(request: Any) -> None:
    """NotPermitted for who serves in the school without leading it; NotVisible for who has no office at all."""
    if may_read_rights(request):
        return
    if request.offices and request.offices.belongs:
        raise NotPermitted(f"权限目录由{READERS}查看。", need=READERS)
    raise NotVisible("rights")
