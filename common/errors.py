"""The four refusals (architecture.md §4.3). Services raise them; RefusalMiddleware answers them."""

from collections.abc import Iterable

from common.checks import Check, failing


class Refusal(Exception):
    """An act the platform declines; ``status`` is the HTTP answer, ``message`` is shown to the person."""

    status = 400
    default_message = "这一步不能办理。"

    def __init__(self, message: str = "") -> None:
        self.message = message or self.default_message
        super().__init__(self.message)


class NotVisible(Refusal):
    """The person may not know that it exists (404). The message is never shown."""

    status = 404
    default_message = "没有找到这一页。"


class NotPermitted(Refusal):
    """The person sees it but may not do this (403); ``need`` names the post that may."""

    status = 403
    default_message = "您目前的任职不能办理这一步。"

    def __init__(self, message: str = "", need: str = "") -> None:
        super().__init__(message)
        self.need = need


class NotNow(Refusal):
    """Not in this state (409); ``current`` says what the state is now, as text or as the object."""

    status = 409
    default_message = "当前状态下不能办理这一步，请刷新后再看。"

    def __init__(self, message: str = "", current: object = None) -> None:
        super().__init__(message)
        self.current = current


class StaleVersion(NotNow):
    """Somebody else changed it meanwhile (409); ``current`` is what is stored now."""

    default_message = "内容刚被他人更新，请刷新后再办。"


class Blocked(Refusal):
    """Rules refuse it (422); ``checks`` holds every failing check at once, hardest first."""

    status = 422
    default_message = "请逐项补齐后再办。"

    def __init__(self, checks: Iterable[Check], message: str = "") -> None:
        self.checks = failing(checks)
        if not self.checks:
            raise ValueError("Blocked needs at least one failing check")
        super().__init__(message)
