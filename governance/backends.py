"""`user.has_perm(permission, record)` asks the dated grants; without a record there are no permissions."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from governance.models import ObjectGrant


class GrantBackend(BaseBackend):
    """Object permissions while they are in force. No superuser clause, no rights of groups."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Whether a grant of this permission (`app.codename`) opens the record to the person today."""
        if obj is None or not user_obj.is_active:
            return False
        app, _, codename = perm.rpartition(".")
        grants = ObjectGrant.objects.of(user_obj, codename).filter(object_pk=obj.pk)
        return grants.filter(content_type__app_label=app or obj._meta.app_label).exists()
