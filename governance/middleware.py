"""Which school the person is working in."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from governance.access import Offices, offices_of
from governance.models import Authority, AuthorityMember, School

SESSION_KEY = "school"


def school_of(request: HttpRequest) -> School | None:
    """The school chosen in the session while it is visible, else the first one, one's own before others; or None."""
    if not request.user.is_authenticated:
        return None
    schools = School.objects.visible_to(request.user).select_related("authority")
    chosen = request.session.get(SESSION_KEY)
    return (chosen and schools.filter(pk=chosen).first()) or schools.own_first(request.user).first()


def authorities_of(request: HttpRequest) -> list[Authority]:
    """Authorities in which the person holds an office today, the highest first; one query."""
    if not request.user.is_authenticated:
        return []
    members = AuthorityMember.objects.active().filter(person=request.user).select_related("authority")
    return [member.authority for member in members.order_by("authority__path", "pk")]


class SchoolMiddleware:
    """Set ``request.school``, ``request.offices`` and ``request.authorities``, fetched when first used; falsy where
    there is none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def offices() -> Offices | None:
            return offices_of(request.user, request.school) if request.school else None

        request.authorities = SimpleLazyObject(lambda: authorities_of(request))
        request.school = SimpleLazyObject(lambda: school_of(request))
        request.offices = SimpleLazyObject(offices)
        return self.get_response(request)
