"""People who sign in. What a person may do comes from dated seats, never from a flag here."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """One natural person; all offices are held through governance.Seat and governance.Staff."""

    display_name = models.CharField("姓名", max_length=40)
    demo_label = models.CharField("演示身份", max_length=80, blank=True, help_text="只用于演示环境的登录页。")

    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = "用户"
        verbose_name_plural = "用户"

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return str(self)
