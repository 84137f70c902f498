"""The PDF says what the context says, on A4 in the form of GB/T 9704, with its fonts inside."""

import hashlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest
from django.conf import settings
from weasyprint.urls import FatalURLFetchingError

from documents import fonts, rendering
from documents.contexts import ItemSheetContext, RecordContext, ResolutionContext
from documents.templatetags.gongwen import cn_number, paragraphs, whole_sums
from tests.documents.world import MINUTES

MM = 25.4 / 72  # of one PDF point
CODE = {
    "verification_code": "7KQ2M9XW4HTR",
    "verify_url": "https://yishi.example/documents/verify/7KQ2M9XW4HTR/",
}
RESOLUTION: ResolutionContext = {
    "school": "明德中学",
    "issuer": "中共明德中学总支部委员会",
    "number_text": "明德总支决〔2026〕12号",
    "title": "关于2027年度学校预算方案的决议",
    "date": "2026年11月23日",
    "mark": "中共明德中学总支部委员会决议",
    "signer": "陈立德",
    "basis": "2026年11月20日，党总支会议讨论了预算方案，形成如下决议。",
    "history": ["校长办公会议（11月9日）研究提出。"],
    "decision": "同意2027年度学校预算方案。",
    "vote_sentence": "赞成5票；5＞7÷2=3.5，通过。",
    "tasks": [{"title": "完成预算编报", "owner": "田家和", "due": "2026年12月10日"}],
    "publicity": "本决议在校内公开。",
    "supersedes_text": "",
    "copy_to": "区教育工委。",
}
RECORD: RecordContext = {
    "school": "明德中学",
    "issuer": "中共明德中学总支部委员会",
    "number_text": "明德总支会记〔2026〕19号",
    "title": "明德中学党总支会议记录",
    "date": "2026年11月20日",
    "meeting_name": "2026年第19次党总支会议",
    "started": "2026年11月20日15:00",
    "ended": "2026年11月20日17:10",
    "place": "行政楼301",
    "chair": "陈立德",
    "recorder": "苏敏",
    "mode_note": "",
    "quorum_sentence": "应到7人，实到6人。",
    "people": [{"name": "许静", "post": "专职副书记", "status": "到会", "note": "14:50到"}],
    "entries": [
        {
            "title": "教务处副主任人选",
            "presenter": "许静",
            "presentation": "介绍考察情况。",
            "recusals": ["周明远（考察对象亲属），16:05离席，16:30复席。"],
            "statements": [
                {"order": 1, "name": "许静", "post": "专职副书记", "text": "同意。", "stance": "赞成"},
                {
                    "order": 2,
                    "name": "陈立德",
                    "post": "书记",
                    "text": "综合大家意见，同意。",
                    "stance": "赞成",
                },
            ],
            "opinions": [{"name": "何素云", "text": "同意人选。"}],
            "vote_lines": ["赞成5票、反对0票、弃权0票。"],
            "conclusion": "通过",
            "decision": "同意秦书瑶同志任教务处副主任。",
        }
    ],
    "signatures": [{"role": "主持人", "name": "陈立德", "signed": "2026年11月20日17:32"}],
}
ITEM_SHEET: ItemSheetContext = {
    "school": "明德中学",
    "issuer": "明德中学",
    "number_text": "明德议〔2026〕31号",
    "title": "明德中学议题申报单",
    "date": "2026年11月7日",
    "facts": [{"label": "议题名称", "value": "2027年度学校预算方案"}],
    "background": "依据预算法。",
    "plans": [{"label": "建议方案", "value": "总额1864.00万元。"}],
    "evidence": [{"label": "教代会", "done_on": "2026年11月13日", "conclusion": "讨论通过"}],
    "attachments": ["预算草案.xlsx"],
    "approvals": [{"role": "议题确定", "name": "林知远", "signed": "2026年11月7日"}],
}


def pages(template: str, context: dict) -> list[pypdf.PageObject]:
    return list(pypdf.PdfReader(io.BytesIO(rendering.render_pdf(template, context))).pages)


def words(page: pypdf.PageObject) -> str:
    return "".join(page.extract_text().split())


def running(found: list[pypdf.PageObject]) -> str:
    """The text of all pages without page numbers."""
    return "".join(re.sub(r"—\d+—", "", words(page)) for page in found)


def places(page: pypdf.PageObject) -> list[tuple[str, float, float, float]]:
    """Every run of text with its left edge and baseline (mm from left and bottom) and its size (mm)."""
    found = []

    def note(text, cm, tm, _font, size):
        x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        found.append((text.strip(), x * MM, y * MM, size * cm[0] * MM))

    page.extract_text(visitor_text=note)
    return found


@pytest.fixture(scope="module")
def minutes() -> list[pypdf.PageObject]:
    return pages("documents/minutes.html", MINUTES | CODE)


def test_minutes_say_everything_that_was_decided(minutes):
    text = running(minutes)
    for part in [
        "明德中学党总支会议纪要",
        "〔2026〕第19期",
        "签发人：陈立德",
        "中共明德中学总支部委员会在行政楼301会议室召开2026年第19次党总支会议",
        "会议由党总支书记陈立德主持，苏敏记录。应到7人，实到6人，超过半数，符合规定。",
        "一、关于2027年度学校预算方案",
        "副校长田家和作了汇报。",
        "会议要求，公用经费压减6.5%。",
        "会议决定，同意2027年度学校预算方案。",
        "赞成5票、反对0票、弃权1票；赞成5＞7÷2=3.5，通过。",
        "1.完成预算编报。责任人：田家和（总务处）；时限：2026年12月10日。",
        "二、关于校舍修缮工程",
        "出席：陈立德林知远许静田家和周明远欧阳慧敏",
        "请假：何素云（市委党校学习）",
        "列席：罗建平法律顾问赵一鸣",
        "抄送：区教育工委，各支部、各处室。",
        "2026年11月23日印发",
        "核验码7KQ2-M9XW-4HTR",
    ]:
        assert part in text
    assert "更正" not in text


def test_minutes_are_a4_with_numbered_pages_outside(minutes):
    assert len(minutes) >= 2
    for number, page in enumerate(minutes, start=1):
        assert [round(float(side) * 25.4 / 72) for side in page.mediabox[2:]] == [210, 297]
        assert f"—{number}—" in words(page)
    # The dash lies 7 mm below the type area (28 mm from the edge), the number outside, one character in.
    folios = [place for page in minutes for place in places(page) if place[0].startswith("—")]
    odd, even = folios[0], folios[1]
    assert 155 <= odd[1] <= 160
    assert 32 <= even[1] <= 34
    assert {round(y + 1.7) for _, _, y, _ in folios} == {28}


def test_the_red_mark_starts_35_mm_below_the_type_area(minutes):
    ((_, _, baseline, size),) = [place for place in places(minutes[0]) if place[0] == MINUTES["mark"]]
    assert round(297 - (baseline + 0.88 * size)) == 37 + 35


def test_fonts_are_embedded(minutes):
    names = set()
    for page in minutes:
        for font in page["/Resources"]["/Font"].values():
            descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
            assert descriptor.keys() & {"/FontFile2", "/FontFile3"}
            names.add(descriptor["/FontName"])
    assert len(names) >= 2


def test_a_correction_says_so():
    context = MINUTES | CODE | {"is_correction": True, "correction_reason": "票数笔误"}
    assert "（更正版。更正事由：票数笔误）" in words(pages("documents/minutes.html", context)[0])


def test_a_preamble_stands_between_the_meeting_and_its_decisions():
    text = running(
        pages("documents/minutes.html", MINUTES | CODE | {"preamble": "会前集体学习。\n听取了说明。"})
    )
    assert "符合规定。会前集体学习。听取了说明。现将会议议定事项纪要如下：一、关于2027年度" in text
    assert text.count("现将会议议定事项纪要如下") == 1


@pytest.mark.parametrize(
    ("template", "context", "parts"),
    [
        (
            "resolution",
            RESOLUTION,
            [
                "明德总支决〔2026〕12号",
                "关于2027年度学校预算方案的决议",
                "一、决定事项同意2027年度学校预算方案。",
                "二、表决情况赞成5票；5＞7÷2=3.5，通过。",
                "三、部署与公开1.完成预算编报。责任人：田家和；时限：2026年12月10日。本决议在校内公开。",
                "中共明德中学总支部委员会2026年11月23日",
            ],
        ),
        (
            "record",
            RECORD,
            [
                "会议名称2026年第19次党总支会议",
                "许静专职副书记到会14:50到",
                "议题一教务处副主任人选",
                "回避：周明远（考察对象亲属），16:05离席，16:30复席。",
                "书面意见（不计票）：何素云：同意人选。",
                "表决：赞成5票、反对0票、弃权0票。",
                "决定：同意秦书瑶同志任教务处副主任。",
                "主持人陈立德时间2026年11月20日17:32",
            ],
        ),
        (
            "item_sheet",
            ITEM_SHEET,
            [
                "明德议〔2026〕31号",
                "议题名称2027年度学校预算方案",
                "教代会2026年11月13日讨论通过",
                "议题确定林知远",
            ],
        ),
    ],
)
def test_the_other_documents_say_what_they_are_given(template, context, parts):
    text = running(pages(f"documents/{template}.html", context | CODE))
    for part in [*parts, "核验码7KQ2-M9XW-4HTR"]:
        assert part in text


def test_the_same_context_gives_the_same_bytes_in_another_process():
    here = hashlib.sha256(rendering.render_pdf("documents/minutes.html", MINUTES | CODE)).hexdigest()
    program = (
        "import django, hashlib; django.setup();"
        "from documents.rendering import render_pdf; from tests.documents.world import MINUTES;"
        "from tests.documents.test_rendering import CODE;"
        "print(hashlib.sha256(render_pdf('documents/minutes.html', MINUTES | CODE)).hexdigest())"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "PYTHONHASHSEED": "7",
        "TZ": "America/Lima",
    }
    there = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.strip() == here


def test_words_of_a_person_are_never_markup():
    entry = MINUTES["entries"][0] | {"decision": '<img src="file:///etc/hostname"><script>x</script> 5<7'}
    html = rendering.render_html("documents/minutes.html", MINUTES | CODE | {"entries": [entry]})
    assert "<script>" not in html
    assert 'src="file:' not in html
    assert "&lt;script&gt;" in html


def test_nothing_but_our_own_fonts_is_fetched(tmp_path):
    mine, other = tmp_path / "a.otf", tmp_path / "b.otf"
    mine.write_bytes(b"font")
    other.write_bytes(b"secret")
    fetcher = rendering.LocalFetcher(frozenset([mine.as_uri()]))
    assert fetcher.fetch(mine.as_uri()).read() == b"font"
    with pytest.raises(FatalURLFetchingError, match="不得引用外部内容"):
        fetcher.fetch(other.as_uri())
    with pytest.raises(ValueError, match="disallowed protocol"):
        fetcher.fetch("http://127.0.0.1/")


def test_pages_render_and_the_check_speaks_where_fang_song_is_missing(settings, tmp_path, monkeypatch):
    settings.DOCUMENT_FONTS = tmp_path
    monkeypatch.setenv("PATH", str(tmp_path))  # no fc-list: nothing is known to be installed
    (found,) = fonts.check_fang_song(None)
    assert (found.id, found.level) == ("documents.I001", 20)
    assert len(pages("documents/minutes.html", MINUTES | CODE)) >= 2
    (tmp_path / "FandolFang-Regular.otf").write_bytes(b"")
    assert fonts.check_fang_song(None) == []


def test_local_faces_are_offered_to_the_layout(settings, tmp_path):
    settings.DOCUMENT_FONTS = tmp_path / "with space"
    settings.DOCUMENT_FONTS.mkdir()
    (settings.DOCUMENT_FONTS / "simfang.ttf").write_bytes(b"")
    address = Path(settings.DOCUMENT_FONTS / "simfang.ttf").as_uri()
    html = rendering.render_html("documents/minutes.html", MINUTES | CODE)
    assert f'@font-face {{ font-family: "FangSong"; font-weight: 400; src: url("{address}"); }}' in html
    assert html.count("@font-face") == 1


def test_the_mark_fits_its_line():
    assert [rendering.mark_size("字" * n) for n in (1, 9, 11, 14, 30)] == [46, 46, 38, 30, 20]


def test_chinese_numerals():
    numbers = [cn_number(n) for n in (1, 9, 10, 11, 19, 20, 21, 99, 100)]
    assert numbers == ["一", "九", "十", "十一", "十九", "二十", "二十一", "九十九", "100"]


def test_sums_are_kept_whole_and_text_is_escaped():
    assert whole_sums("赞成5＞7÷2=3.5，<b>") == '赞成<span class="keep">5＞7÷2=3.5</span>，&lt;b&gt;'
    assert whole_sums("5 > 7÷2 = 3.5") == '<span class="keep">5 &gt; 7÷2 = 3.5</span>'
    assert whole_sums("2026年11月20日") == "2026年11月20日"


def test_paragraphs_drop_empty_lines():
    assert paragraphs("一\n\n  二 \r\n") == ["一", "二"]
    assert paragraphs("") == []
