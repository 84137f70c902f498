"""Small PDFs that stand for the materials people upload."""

from html import escape

from weasyprint import HTML

STYLE = "@page{size:A4;margin:28mm} body{font:16px/1.9 sans-serif} h1{font-size:24px;text-align:center}"


def leaflet(title: str, lines: list[str]) -> bytes:
    """One page with a title and some lines."""
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    text = f"<html lang=zh><style>{STYLE}</style><title>{escape(title)}</title><h1>{escape(title)}</h1>{body}"
    return HTML(string=text).write_pdf()
