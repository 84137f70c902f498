"""Where the present act comes from: known to services without their knowing requests."""

from contextvars import ContextVar, Token
from dataclasses import dataclass
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Where:
    """Address and browser of the person, and the number of the request; empty outside a request."""

    address: str = ""
    agent: str = ""
    request_id: str = ""


NOWHERE = Where()
_here: ContextVar[Where] = ContextVar("where", default=NOWHERE)


def here() -> Where:
    """Where the present act comes from."""
    return _here.get()


def enter(where: Where) -> Token[Where]:
    """Say where the acts from now on come from; undo with `leave`."""
    return _here.set(where)


def leave(token: Token[Where]) -> None:
    """Undo `enter`."""
    _here.reset(token)


def client_address(request: HttpRequest) -> str:
    """The address of the person's machine; behind nginx the one nginx wrote (CLIENT_ADDRESS_HEADER).

    An address that is none answers 0.0.0.0, so that all such requests share one lockout.
    """
    name = settings.CLIENT_ADDRESS_HEADER
    found = (request.headers.get(name, "") if name else "") or request.META.get("REMOTE_ADDR", "")
    try:
        return str(ip_address(found.strip()))
    except ValueError:
        return "0.0.0.0"  # noqa: S104 - nothing is bound to it, it stands for "unknown"


def of_request(request: HttpRequest) -> Where:
    """Where a request comes from."""
    return Where(
        address=client_address(request),
        agent=request.headers.get("User-Agent", "")[:300],
        request_id=getattr(request, "request_id", ""),
    )
