"""People who sign in, and the trail of what touches security. Rights come from dated seats, never from a flag."""

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.choices import AdminRole, SecurityKind
from accounts.words import DETAIL_WORDS, VALUE_WORDS, agent_words


class User(AbstractUser):
    """One natural person; all offices are held through governance.Seat and governance.Staff."""

    display_name = models.CharField("姓名", max_length=40)
    demo_label = models.CharField("演示身份", max_length=80, blank=True, help_text="只用于演示环境的登录页。")
    admin_role = models.CharField("管理员角色", max_length=10, choices=AdminRole, blank=True, default="")
    must_change_password = models.BooleanField("须修改初始密码", default=False)
    password_set_at = models.DateTimeField("密码设置时间", null=True, blank=True)

    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = "用户"
        verbose_name_plural = "用户"
        constraints = [
            # One column holds one role: 三员 exclude one another whatever the code does.
            models.CheckConstraint(
                condition=Q(admin_role__in=["", *AdminRole.values]), name="user_at_most_one_admin_role"
            ),
            models.CheckConstraint(
                condition=Q(is_superuser=False, is_staff=False), name="user_is_never_superuser"
            ),
            models.UniqueConstraint(Lower("username"), name="user_name_once_in_any_case"),
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return str(self)


class PasswordRecord(models.Model):
    """A password somebody had, hashed, so that the last few are not used again."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="password_records", verbose_name="用户"
    )
    password = models.CharField("密码摘要", max_length=128)
    set_at = models.DateTimeField("设置时间")

    class Meta:
        verbose_name = "历史密码"
        verbose_name_plural = "历史密码"
        ordering = ["-set_at", "-id"]
        indexes = [models.Index(fields=["user", "-set_at"], name="password_record_newest")]

    def __str__(self) -> str:
        return f"{self.user} {self.set_at:%Y-%m-%d}"


class SecurityEventQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        """The whole trail for the audit administrator, nothing for anybody else."""
        is_auditor = user.is_authenticated and user.admin_role == AdminRole.AUDIT
        return self.all() if is_auditor else self.none()


class SecurityEvent(models.Model):
    """One line of the security trail: never changed (a trigger refuses it), sealed in the chain "security"."""

    kind = models.CharField("事件", max_length=20, choices=SecurityKind)
    happened_at = models.DateTimeField("时间")
    person = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="账号"
    )
    account = models.CharField("账号名", max_length=150, blank=True, help_text="不存在的账号只留前两个字符")
    actor = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人"
    )
    is_success = models.BooleanField("成功", default=True)
    address = models.CharField("来源地址", max_length=45, blank=True)
    agent = models.CharField("浏览器", max_length=300, blank=True)
    request_id = models.CharField("请求编号", max_length=32, blank=True)
    subject = models.CharField("对象", max_length=200, blank=True)
    detail = models.JSONField("说明", default=dict)
    objects = SecurityEventQuerySet.as_manager()

    class Meta:
        verbose_name = "安全事件"
        verbose_name_plural = "安全事件"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["kind", "-id"], name="security_event_kind"),
            models.Index(fields=["person", "kind"], name="security_event_person"),
            models.Index(fields=["happened_at"], name="security_event_time"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.account}"

    @property
    def agent_words(self) -> str:
        """The browser in words, e.g. Chrome，Windows; empty outside a browser."""
        return agent_words(self.agent) if self.agent else ""

    @property
    def detail_words(self) -> str:
        """The details in words of the trail; numbers and codes only."""
        said = {key: VALUE_WORDS.get(str(value), value) for key, value in self.detail.items()}
        return "，".join(f"{word} {said[key]}" for key, word in DETAIL_WORDS.items() if key in said)
