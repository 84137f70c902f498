"""What the security administrator sees of the authorities."""

from django.db.models import Prefetch, QuerySet

from common.errors import NotVisible
from governance.models import Authority, AuthorityMember


def authorities() -> QuerySet[Authority]:
    """All authorities from the top down, each with its members in office today; two queries."""
    members = AuthorityMember.objects.active().select_related("person").order_by("role", "pk")
    return Authority.objects.order_by("path").prefetch_related(
        Prefetch("members", queryset=members, to_attr="present")
    )


def authority_or_refuse(pk: int) -> Authority:
    """One authority; NotVisible where there is none."""
    found = Authority.objects.filter(pk=pk).first()
    if found is None:
        raise NotVisible("Authority")
    return found
