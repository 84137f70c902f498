"""The district reads figures, the school also names."""

from django.utils import timezone

from compliance import selectors
from compliance.models import Finding


def test_names_stay_in_the_school(cast):
    finding = Finding.objects.create(
        school=cast.school,
        rule_code="R36",
        rule_version=1,
        subject_type="meetings.agendaentry",
        subject_id=1,
        subject_label="会议",
        level="B",
        verdict="violating",
        evidence={"expected": 7, "concerned_present": 1, "stayed": 1, "names_stayed": ["赵明川"]},
        inputs_sha256="0" * 64,
        first_seen_at=timezone.now(),
        last_seen_at=timezone.now(),
    )
    assert "（赵明川）" in selectors.explanation_for(finding, cast.secretary)
    for person in (cast.inspector, cast.other_secretary, cast.staff):
        assert "赵明川" not in selectors.explanation_for(finding, person)
        assert "names_stayed" not in selectors.evidence_for(finding, person)
    assert selectors.explanation_for(finding, cast.inspector).startswith("利害关系人到会 1 人，回避 0 人")
