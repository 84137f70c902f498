"""议题申报: choosing the catalogue entry, writing, saving by itself, submitting."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import Blocked, NotNow, NotPermitted, NotVisible, StaleVersion
from common.fields import whole_number
from common.templatetags.ui import cn_time
from decisions import access, transitions
from decisions.choices import ItemState
from decisions.forms import AttachmentForm, ConcernedFormSet, ItemForm, concerned_pairs
from decisions.models import DecisionItem
from decisions.selectors.facts import entry_guide
from decisions.selectors.history import changed_since
from decisions.selectors.lists import entries_by_aspect
from decisions.services import evidence, items
from governance.choices import MajorClass
from governance.models import CatalogueEntry
from governance.selectors import departments_of, people_of


def _require_drafter(request: HttpRequest) -> None:
    if not request.school or not access.may_draft(request.offices):
        raise NotPermitted("只有本校在任人员可以起草议题。", need="本校在任人员")


@require_safe
@login_required
def item_new(request: HttpRequest) -> HttpResponse:
    """Choose the catalogue entry: search by words, entries in their eight aspects."""
    _require_drafter(request)
    text = request.GET.get("q", "").strip()[:40]
    groups = entries_by_aspect(request.user, request.school, text)
    return render(
        request,
        "decisions/item_new.html",
        {"groups": groups, "text": text, "count": sum(len(entries) for _, _, entries in groups)},
    )


class _Sheet:
    """The form of one item, new or stored, with what stands beside it."""

    def __init__(
        self, request: HttpRequest, entry: CatalogueEntry, item: DecisionItem | None, *, data: Any = None
    ) -> None:
        self.request, self.entry, self.item = request, entry, item
        self.school = entry.school
        people = {person.pk: person for person in people_of(self.school)}
        asks_amount = bool({MajorClass.FUND, MajorClass.PROJECT} & set(entry.major_classes))
        if item is not None:
            initial = ItemForm.values_of(item)
            rows = [{"person": c.person_id, "relation": c.relation} for c in item.concerned.all()]
        else:
            initial = {"access_scope": entry.access_scope, "proposer": request.user.pk}
            rows = []
        self.form = ItemForm(data, initial=initial, school=self.school, entry=entry, asks_amount=asks_amount)
        self.concerned = ConcernedFormSet(
            data if data is not None and "concerned-TOTAL_FORMS" in data else None,
            initial=rows,
            prefix="concerned",
            form_kwargs={"people": people},
        )
        self.files = AttachmentForm(data, request.FILES, prefix="upload") if data and request.FILES else None

    @property
    def is_draft(self) -> bool:
        return self.item is None or self.item.state == ItemState.DRAFT

    def page(self, *, status: int = 200, blocked: Blocked | None = None, stale: Any = None) -> HttpResponse:
        """The page with whatever was typed still in it."""
        item = self.item
        upload = AttachmentForm(prefix="upload")
        for field in upload.fields.values():
            field.required = False
        return render(
            self.request,
            "decisions/item_form.html",
            {
                "form": self.form,
                "concerned": self.concerned,
                "upload": upload,
                "upload_errors": self.files.errors.get("files") if self.files and self.files.errors else None,
                "entry": self.entry,
                "item": item,
                "version": item.version if item else 0,
                "is_draft": self.is_draft,
                "departments": departments_of(self.school),
                "guide": entry_guide(self.entry),
                "attachments": [a for a in item.attachments.all() if not a.is_withdrawn] if item else [],
                "blocked": blocked,
                "stale": stale,
                "change_reason": self.request.POST.get("change_reason", ""),
                "autosave": reverse("decisions:item_autosave", args=[item.pk]) if item else self.request.path,
            },
            status=status,
        )

    def concerned_changed(self) -> bool:
        """Whether the persons concerned differ from what is stored."""
        if not self.concerned.is_bound or not self.concerned.is_valid():
            return False
        stored = {c.person_id: c.relation for c in self.item.concerned.all()} if self.item else {}
        return {person.pk: relation for person, relation in concerned_pairs(self.concerned)} != stored


def _version(request: HttpRequest) -> int:
    """The version the form was drawn with; 0, older than any, where it cannot be read."""
    return whole_number(request.POST.get("version", "")) or 0


def _revise(sheet: _Sheet, fields: dict[str, Any], *, reason: str = "") -> DecisionItem:
    """Save the content; a version that moved on without any change of content is not a conflict."""
    item, actor = sheet.item, sheet.request.user
    version = _version(sheet.request)
    try:
        saved = items.revise(item.pk, actor=actor, fields=fields, version=version, reason=reason)
    except StaleVersion as error:
        current = changed_since(item, version)
        if current["changes"]:
            raise StaleVersion(error.message, current=current) from error
        saved = items.revise(
            item.pk, actor=actor, fields=fields, version=error.current.version, reason=reason
        )
    if sheet.concerned_changed():
        saved = items.set_concerned(item.pk, actor=actor, people=concerned_pairs(sheet.concerned))
    return saved


def _begun(request: HttpRequest, entry: CatalogueEntry, fields: dict[str, Any]) -> DecisionItem | None:
    """The draft the same form has begun already, where it was sent twice."""
    words = {name: fields[name] for name in ("title", "background", "proposal") if fields.get(name)}
    if not words:
        return None
    own = DecisionItem.objects.visible_to(request.user).filter(created_by=request.user)
    return own.filter(catalogue_entry=entry, state=ItemState.DRAFT, **words).first()


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def item_create(request: HttpRequest, entry_id: int) -> HttpResponse:
    """A new item of one entry. POST keeps it as a draft, however little is typed; a script gets JSON."""
    _require_drafter(request)
    entry = (
        CatalogueEntry.objects.visible_to(request.user)
        .filter(pk=entry_id, school=request.school.pk)
        .select_related("school__party_org", "school__authority")
        .first()
    )
    if entry is None:
        raise NotVisible("CatalogueEntry")
    if not entry.is_current:
        raise NotNow("此事项不在本校现行清单内，请重新选择。")
    if request.method != "POST":
        return _Sheet(request, entry, None).page()
    sheet = _Sheet(request, entry, None, data=request.POST)
    sheet.form.is_valid()
    fields = sheet.form.draft_fields()
    twin = _begun(request, entry, fields)
    if twin is None:
        item = items.draft_item(actor=request.user, school=entry.school, entry=entry, fields=fields)
    else:
        item = items.revise(twin.pk, actor=request.user, fields=fields)
    sheet.item = item
    if sheet.concerned_changed():
        item = items.set_concerned(item.pk, actor=request.user, people=concerned_pairs(sheet.concerned))
    if _is_script(request):
        return _saved(item, sheet, is_new=True)
    sheet.item = access.item_for(request.user, item.pk)
    return _finish(sheet)


def _is_script(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _saved(item: DecisionItem, sheet: _Sheet, *, is_new: bool = False) -> JsonResponse:
    """What the page's script needs to go on: version, time, faults by field, and addresses of a new item."""
    answer: dict[str, Any] = {
        "version": item.version,
        "saved_at": cn_time(timezone.now()),
        "errors": sheet.form.wrong(),
    }
    if is_new:
        answer |= {
            "url": reverse("decisions:item_edit", args=[item.pk]),
            "autosave": reverse("decisions:item_autosave", args=[item.pk]),
            "upload": reverse("decisions:attachment_add", args=[item.pk]),
        }
    return JsonResponse(answer)


def _finish(sheet: _Sheet) -> HttpResponse:
    """After saving by hand: keep the files, then submit where asked, showing every blocker at once."""
    request, item = sheet.request, sheet.item
    faults = bool(sheet.form.wrong()) or (sheet.concerned.is_bound and not sheet.concerned.is_valid())
    if request.FILES:
        if sheet.files.is_valid():
            cleaned = sheet.files.cleaned_data
            evidence.add_attachments(
                item.pk, actor=request.user, files=cleaned["files"], kind=cleaned["kind"]
            )
        else:
            faults = True
    if not _is_readable(request, item):
        return _done(request, item, "已保存。")
    item = sheet.item = access.item_for(request.user, item.pk)
    if faults:
        return sheet.page(status=422)
    if request.POST.get("then") == "submit":
        try:
            items.submit(item.pk, actor=request.user)
        except Blocked as blocked:
            return sheet.page(status=422, blocked=blocked)
        return _done(request, item, "已申报，等待确定议题。")
    messages.success(request, f"已保存 {cn_time(timezone.now())}")
    return redirect("decisions:item_edit" if sheet.is_draft else "decisions:item_detail", pk=item.pk)


def _is_readable(request: HttpRequest, item: DecisionItem) -> bool:
    return DecisionItem.objects.visible_to(request.user).filter(pk=item.pk).exists()


def _done(request: HttpRequest, item: DecisionItem, said: str) -> HttpResponse:
    """On to the item; who has just named themselves as concerned does not read it any more (R36)."""
    if _is_readable(request, item):
        messages.success(request, said)
        return redirect("decisions:item_detail", pk=item.pk)
    messages.success(request, f"{said}您是利害回避人，此议题的材料不再向您开放。")
    return redirect("decisions:item_list")


def _editable(request: HttpRequest, pk: int) -> DecisionItem:
    item = access.item_for(request.user, pk)
    transitions.REVISE.require(item, access.offices_on(request.user, item))
    return item


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def item_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write on: a draft saves itself and may have gaps; a submitted item is changed as a whole."""
    item = _editable(request, pk)
    entry = item.catalogue_entry
    entry.school = item.school
    if request.method != "POST":
        return _Sheet(request, entry, item).page()
    sheet = _Sheet(request, entry, item, data=request.POST)
    complete = sheet.form.is_valid() and (not sheet.concerned.is_bound or sheet.concerned.is_valid())
    if not sheet.is_draft and not complete:
        return sheet.page(status=422)
    try:
        _revise(sheet, sheet.form.draft_fields(), reason=request.POST.get("change_reason", "")[:200])
    except StaleVersion as stale:
        sheet.item = access.item_for(request.user, pk)
        return sheet.page(status=409, stale=stale)
    return _finish(sheet)


@require_POST
@login_required
def item_autosave(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is typed in a draft. Answers JSON; 409 says who changed what meanwhile."""
    item = _editable(request, pk)
    if item.state != ItemState.DRAFT:
        raise NotNow("议题已申报，修改请用“保存修改”。", current=item)
    entry = item.catalogue_entry
    entry.school = item.school
    sheet = _Sheet(request, entry, item, data=request.POST)
    sheet.form.is_valid()
    return _saved(_revise(sheet, sheet.form.draft_fields()), sheet)
