"""What the sign-in page lists."""

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import User


def demo_accounts() -> QuerySet[User]:
    """The accounts shown on the sign-in page of a demo, in the order they were made; none elsewhere."""
    if settings.APP_ENV != "demo":
        return User.objects.none()
    return User.objects.filter(is_active=True).exclude(demo_label="").order_by("pk")
