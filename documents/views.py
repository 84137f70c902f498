"""Reading issued documents, and verifying them without an account."""

from collections.abc import Callable

from csp.decorators import csp_exempt
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_GET, require_POST, require_safe

from common.downloads import private_file
from common.uploads import PDF
from documents import access, selectors, services
from documents.models import IssuedDocument
from documents.serving import reading_copy


@login_required
@require_safe
def download(request: HttpRequest, document_id: int) -> HttpResponseBase:
    """Show the PDF in the browser; while it is not there yet, the page that waits for it."""
    document = access.document(request.user, document_id)
    if document.is_rendered:
        return (_marked_pdf if document.is_restricted else _pdf)(document)(request)
    return render(request, "documents/pending.html", {"document": document})


def _pdf(document: IssuedDocument) -> Callable[[HttpRequest], HttpResponseBase]:
    """The answer to any request for this PDF, unchanged or in full."""

    # Older Chromium shows a PDF by a plug-in, which `object-src 'none'` on the PDF itself would forbid.
    @csp_exempt()
    def answer(request: HttpRequest) -> HttpResponseBase:
        etag = f'"{document.file_sha256}"'
        unchanged = get_conditional_response(request, etag=etag)
        if unchanged is not None:
            unchanged["Cache-Control"] = "private, no-store"
            return unchanged
        response = private_file(
            document.file,
            filename=f"{document.number_text} {document.title}.pdf",
            content_type="application/pdf",
            inline=True,
        )
        response["ETag"] = etag
        response["X-Content-Type-Options"] = "nosniff"
        return response

    return answer


def _marked_pdf(document: IssuedDocument) -> Callable[[HttpRequest], HttpResponseBase]:
    """The PDF of 知悉范围 2 with the reader's mark: another one each time, so nothing is "unchanged"."""

    @csp_exempt()
    def answer(request: HttpRequest) -> HttpResponseBase:
        return reading_copy(
            document.file,
            reader=request.user,
            filename=f"{document.number_text} {document.title}.pdf",
            content_type=PDF,
            is_restricted=True,
            inline=True,
        )

    return answer


@login_required
@require_GET
def status(request: HttpRequest, document_id: int) -> HttpResponse:
    """The waiting card again; once the PDF is there, the browser is sent to it."""
    document = access.document(request.user, document_id)
    response = render(request, "documents/_pending.html", {"document": document})
    if document.is_rendered:
        response["HX-Redirect"] = reverse("documents:download", args=[document.pk])
    return response


@login_required
@require_POST
def ask_again(request: HttpRequest, document_id: int) -> HttpResponse:
    """Have a failed PDF made again."""
    document = access.document(request.user, document_id)
    services.ask_again(document)
    return redirect("documents:download", document.pk)


@require_safe
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """Public: whether a printed document is what was issued. The code is the key; nothing is listed."""
    code = code or request.GET.get("code", "")
    found = selectors.verification(code) if code else None
    return render(
        request,
        "documents/verify.html",
        {"code": code, "found": found},
        status=404 if code and found is None else 200,
    )
