"""Setting passwords: the own one, and initial ones that must be changed."""

import secrets
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.choices import SecurityKind
from accounts.models import PasswordRecord, User
from accounts.services.trail import record

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789"  # none that look alike


def initial_password() -> str:
    """A random password that is easy to read out: three groups of four, each with all kinds of characters."""
    every = "".join(LETTERS)
    groups = []
    for _ in range(3):
        group = [secrets.choice(kind) for kind in LETTERS] + [secrets.choice(every)]
        secrets.SystemRandom().shuffle(group)
        groups.append("".join(group))
    return "-".join(groups)


def store_password(user: User, password: str, *, is_initial: bool) -> None:
    """Set a password on a locked or new account and keep the earlier ones for comparison."""
    now = timezone.now()
    user.set_password(password)
    user.must_change_password, user.password_set_at = is_initial, now
    user.save()
    PasswordRecord.objects.create(user=user, password=user.password, set_at=now)
    kept = user.password_records.values("pk")[: settings.PASSWORD_HISTORY]
    user.password_records.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()


@transaction.atomic
def change_password(*, actor: Any, password: str) -> User:
    """Change the own password; the caller has validated it and proved the present one."""
    user = User.objects.select_for_update().get(pk=actor.pk)
    was_initial = user.must_change_password
    store_password(user, password, is_initial=False)
    record(SecurityKind.PASSWORD_CHANGED, person=user, was_initial=was_initial)
    return user
