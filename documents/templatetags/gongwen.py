"""Words and numbers as formal documents write them."""

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
DIGITS = "零一二三四五六七八九"
# 5＞7÷2=3.5: numbers joined by signs, as they stand in escaped text.
SUM = re.compile(r"\d[\d.]*(?:\s?(?:[＞＜≥≤＝=÷×]|&gt;|&lt;)\s?\d[\d.]*)+")


@register.filter
def cn_number(value: int) -> str:
    """A number from 1 to 99 in Chinese numerals, for headings (GB/T 9704 §7.3.3: 一、二、……)."""
    tens, ones = divmod(int(value), 10)
    if not 1 <= int(value) <= 99:
        return str(value)
    return ("" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十") + (DIGITS[ones] if ones else "")


@register.filter
def paragraphs(text: str) -> list[str]:
    """The non-empty lines of a text."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


@register.filter
def whole_sums(text: str) -> SafeString:
    """Escaped text in which no line breaks inside an equation."""
    # The text is escaped first; only the span around digits and signs is added.
    return mark_safe(SUM.sub(r'<span class="keep">\g<0></span>', escape(text)))  # noqa: S308
