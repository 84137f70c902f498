"""Who must use a second factor, and whose password has run out. Who holds which office is told from above."""

from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string


def second_factor_is_required(user: Any) -> bool:
    """Whether this person must use a second factor, by the policy of their authorities and of the platform."""
    return bool(import_string(settings.SECOND_FACTOR_POLICY)(user))


def has_second_factor(user: Any) -> bool:
    """Whether a second factor is set up; recovery codes alone are none."""
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def second_factor_is_due(user: Any) -> bool:
    """Whether the person must set up a second factor before anything else."""
    return second_factor_is_required(user) and not has_second_factor(user)


def password_is_due(user: Any) -> bool:
    """Whether the password must be changed before anything else: an initial one, or older than PASSWORD_DAYS."""
    if user.must_change_password:
        return True
    age = timedelta(days=settings.PASSWORD_DAYS)
    return bool(age) and (user.password_set_at or user.date_joined) + age < timezone.now()
