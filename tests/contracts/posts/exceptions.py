"""POSTs of 例外授权."""

from tests.contracts.posts.kit import ADMIN_DESK, DISTRICT, EVIDENCE, Body, Post, day, meeting, none, part
from tests.contracts.world import World


def _period(world: World) -> Body:
    return {"until": day(5), "reason": "情况有变"}


EXCEPTION_POSTS = {
    "exception_record": Post(
        "grants:record_new",
        meeting("listed"),
        ADMIN_DESK,
        lambda w: {"person": w.cast.archivist, **_period(w)},
    ),
    "exception_file": Post(
        "grants:file_new",
        lambda w: (w.items["listed"].attachments.get().pk,),
        EVIDENCE,
        lambda w: {"account": w.cast.outsider.username, **_period(w)},
    ),
    "exception_file_2": Post(
        "grants:file_new",
        lambda w: (w.items["decided2"].attachments.first().pk,),
        "secretary",
        lambda w: {"colleague": w.cast.archivist, **_period(w)},
    ),
    "exception_schools": Post(
        "grants:school_new",
        none,
        DISTRICT,
        lambda w: {"person": w.cast.counsel.username, "schools": w.cast.school.pk, **_period(w)},
    ),
    "exception_end_record": Post("grants:grant_withdraw", part("delegation"), "secretary clerk"),
    "exception_end_file": Post("grants:grant_withdraw", part("shared"), "vice secretary clerk"),
    "exception_end_schools": Post("grants:grant_withdraw", part("inspection"), DISTRICT),
}
