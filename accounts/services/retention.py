"""What is not kept: ended sessions and counted tries. The security trail is never shortened."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone


@transaction.atomic
def forget_ended() -> dict[str, int]:
    """Delete expired sessions with the list entries that showed them, and tries whose lock has long ended."""
    now = timezone.now()
    tries_end = now - max(settings.AXES_COOLOFF_TIME, timedelta(days=1))
    live = Session.objects.filter(expire_date__gte=now).values("session_key")
    return {
        "listed": UserSession.objects.exclude(session_key__in=live).delete()[0],
        "sessions": Session.objects.filter(expire_date__lt=now).delete()[0],
        "tries": AccessAttempt.objects.filter(attempt_time__lt=tries_end).delete()[0],
    }
