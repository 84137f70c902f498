"""Browsers and details of security events in words."""

# What the details of an event are called; their values are codes, numbers and addresses.
DETAIL_WORDS = {
    "role": "角色",
    "factor": "方式",
    "sessions": "结束会话",
    "minutes": "分钟",
    "from_address": "来源",
    "authority": "教育工委编号",
    "policy": "要求",
    "was_initial": "初始密码",
    "view": "页面",
    "provider": "外部账号",
    "reason": "原因",
    "identity": "标识摘要",
    "virus": "病毒",
}
VALUE_WORDS = {
    "system": "系统管理员",
    "security": "安全管理员",
    "audit": "审计管理员",
    "totp": "手机验证器",
    "oidc": "统一身份认证",
    "dingtalk": "钉钉",
    "feishu": "飞书",
    "wecom": "企业微信",
    "unbound": "尚未绑定",
    "admin": "管理员账号",
    "closed": "账号已停用",
    "locked": "账号已锁定",
    "failed": "对方没有确认身份",
    "required": "必须",
    "optional": "自愿",
    "inherit": "按上级规定",
    "True": "是",
    "False": "否",
}
# Most specific first: every browser also names the one it descends from.
BROWSERS = (
    ("DingTalk", "钉钉"),
    ("wxwork", "企业微信"),
    ("Lark", "飞书"),
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def agent_words(agent: str) -> str:
    """A browser's own description in two words, e.g. Chrome，Windows."""
    found = [next((word for mark, word in table if mark in agent), "") for table in (BROWSERS, SYSTEMS)]
    return "，".join(word for word in found if word) or "未知浏览器"
