"""From a frozen context to the bytes of a PDF. The same context and fonts give the same bytes."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import segno
from django.template.loader import render_to_string
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from documents import fonts

LINE_WIDTH_PT = 442  # 28 characters of 3号 on the 15.79 pt grid
LARGEST_MARK_PT, SMALLEST_MARK_PT = 46, 20


class LocalFetcher(URLFetcher):
    """Fetches pictures carried as data and the fonts of this platform, and nothing else."""

    def __init__(self, files: frozenset[str]) -> None:
        super().__init__(allowed_protocols=["data", "file"])
        self.files = files

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url.lower().startswith("file:") and url not in self.files:
            raise FatalURLFetchingError(f"公文不得引用外部内容：{url}")
        return super().fetch(url, headers)


def render_pdf(template: str, context: Mapping[str, Any]) -> bytes:
    """Lay out one document as PDF (A4, GB/T 9704-2012); `template` is a path below templates/.

    The bytes hold no clock time and no chance. Raises whatever the template or the layout raises.
    """
    html = render_html(template, context)
    fetcher = LocalFetcher(frozenset(face["url"] for face in _faces()))
    document = HTML(string=html, url_fetcher=fetcher)
    output = io.BytesIO()
    document.write_pdf(output, font_config=FontConfiguration(), pdf_tags=True)
    return output.getvalue()


def render_html(template: str, context: Mapping[str, Any]) -> str:
    """The HTML that is laid out; what the context lacks (fonts, sizes, QR code) is added here."""
    return render_to_string(
        template,
        {
            **context,
            "faces": _faces(),
            "stacks": fonts.stacks(),
            "mark_pt": mark_size(str(context.get("mark", ""))),
            "code_groups": code_groups(str(context.get("verification_code", ""))),
            "qr": qr_code(str(context["verify_url"])) if context.get("verify_url") else "",
        },
    )


def mark_size(mark: str) -> int:
    """Type size of the red mark in points: as large as fits one line, within what looks right."""
    return max(SMALLEST_MARK_PT, min(LARGEST_MARK_PT, int(LINE_WIDTH_PT * 0.97 / max(len(mark), 1))))


def code_groups(code: str) -> str:
    """A verification code in groups of four, for reading aloud."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def qr_code(address: str) -> str:
    """A QR code of an address as an SVG data URI."""
    return str(segno.make(address, error="m", micro=False).svg_data_uri(border=0, omitsize=True))


def _faces() -> list[dict[str, Any]]:
    return [
        {"family": family, "weight": weight, "url": Path(path).resolve().as_uri()}
        for path, family, weight in fonts.local_faces()
    ]
