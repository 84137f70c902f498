"""Words of accounts and of the security trail (facts.md §7)."""

from django.db.models import TextChoices


class AdminRole(TextChoices):
    """三员: an account holds at most one of them, and none of them reads items, votes or files."""

    SYSTEM = "system", "系统管理员"
    SECURITY = "security", "安全管理员"
    AUDIT = "audit", "审计管理员"


class SecurityKind(TextChoices):
    """What the security trail records, noun.verb."""

    SIGNED_IN = "session.began", "登录"
    SIGN_IN_FAILED = "session.refused", "登录失败"
    LOCKED = "session.locked", "账号锁定"
    SIGNED_OUT = "session.ended", "退出登录"
    TIMED_OUT = "session.expired", "超时退出"
    SESSION_REVOKED = "session.revoked", "结束登录会话"
    PASSWORD_CHANGED = "password.changed", "修改密码"
    PASSWORD_RESET = "password.reset", "重设密码"
    FACTOR_ADDED = "factor.added", "启用两步验证"
    FACTOR_REMOVED = "factor.removed", "停用两步验证"
    FACTOR_FAILED = "factor.refused", "验证码不符"
    FACTOR_RESET = "factor.reset", "解除他人两步验证"
    EXTERNAL_BOUND = "external.bound", "绑定外部账号"
    EXTERNAL_UNBOUND = "external.unbound", "解除外部账号"
    EXTERNAL_REFUSED = "external.refused", "外部账号登录未通过"
    CODES_RENEWED = "codes.renewed", "更换备用码"
    CODE_USED = "codes.used", "使用备用码"
    ACCOUNT_CREATED = "account.created", "新建账号"
    ACCOUNT_DISABLED = "account.disabled", "停用账号"
    ACCOUNT_ENABLED = "account.enabled", "启用账号"
    ROLE_GRANTED = "role.granted", "授予管理员角色"
    ROLE_REVOKED = "role.revoked", "收回管理员角色"
    MEMBER_JOINED = "member.joined", "登记教育工委人员"
    MEMBER_LEFT = "member.left", "结束教育工委任职"
    POLICY_SET = "policy.set", "调整两步验证要求"
    DOWNLOADED = "file.downloaded", "下载文件"
    EXPORTED = "data.exported", "导出数据"
    RESTRICTED_READ = "restricted.read", "阅看限定范围内容"
    FILE_INFECTED = "file.infected", "查出病毒"
