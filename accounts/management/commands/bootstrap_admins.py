"""`manage.py bootstrap_admins`: the first three administrators, and the way back when one is locked out."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.choices import AdminRole
from accounts.models import User
from accounts.services.accounts import create_account, reset_password

NAMES = {AdminRole.SYSTEM: "sysadmin", AdminRole.SECURITY: "secadmin", AdminRole.AUDIT: "auditadmin"}


class Command(BaseCommand):
    help = "建立系统、安全、审计三名管理员（只在没有时），或用 --reset 为其中一名重设密码"

    def add_arguments(self, parser: Any) -> None:
        """Take the account of an administrator who lost the password."""
        parser.add_argument("--reset", metavar="账号", help="为这名管理员重设密码（两步验证不变）")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Print each initial password once; CommandError where there is nothing to do."""
        if name := options["reset"]:
            found = User.objects.filter(username=name).exclude(admin_role="").first()
            if found is None:
                raise CommandError(f"“{name}”不是管理员账号。")
            made = [reset_password(actor=None, user_id=found.pk)]
        else:
            missing = [role for role in AdminRole if not User.objects.filter(admin_role=role).exists()]
            if not missing:
                raise CommandError("三员都已设立。忘记密码请用 --reset 账号。")
            made = [
                create_account(actor=None, username=NAMES[role], display_name=role.label, role=role.value)
                for role in missing
            ]
        for user, password in made:
            self.stdout.write(f"{user.get_admin_role_display()}\t{user.username}\t{password}")
        self.stdout.write("初始密码只显示这一次，首次登录须修改。请分别交给三个人。")
