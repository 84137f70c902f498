"""E-mail outlets as tests need them."""

import time
from threading import Lock

from django.core.mail.backends.locmem import EmailBackend

sending = Lock()


class SlowBackend(EmailBackend):
    """Takes long enough that two workers would overlap, and notices if they do."""

    def send_messages(self, messages):
        if not sending.acquire(blocking=False):
            raise AssertionError("two workers are sending at once")
        try:
            time.sleep(0.4)
            return super().send_messages(messages)
        finally:
            sending.release()
