"""Authorities, schools and seats, made by the services."""

from datetime import date

from governance import services
from governance.choices import AuthorityLevel, ParameterLevel, SchoolPreset, SchoolStage
from governance.models import Authority, Body, School

SINCE = date(2024, 9, 1)


def authority(name: str = "云川区教育工委", **fields) -> Authority:
    """A district authority with the published catalogue and a threshold of large amounts (300,000 元)."""
    made = services.create_authority(actor=None, name=name, level=AuthorityLevel.DISTRICT, **fields)
    services.publish_catalogue(actor=None, authority=made)
    services.set_parameter(
        actor=None,
        level=ParameterLevel.DISTRICT,
        authority=made,
        key="fund.large_threshold",
        value=300_000,
        source="《云川区学校“三重一大”实施办法》第9条",
        since=SINCE,
    )
    return made


def school(
    above: Authority, *, code: str = "M01", name: str = "明德中学", short_name: str = "明德", **fields
) -> School:
    """A 总支校 unless `preset` says otherwise; without catalogue (see services.adopt_catalogue)."""
    values = {
        "preset": SchoolPreset.GENERAL_BRANCH,
        "stage": SchoolStage.JUNIOR,
        "party_members": 62,
        "term_started_on": SINCE,
        **fields,
    }
    return services.create_school(
        actor=None, authority=above, code=code, name=name, short_name=short_name, **values
    )


def body(of: School, kind: str) -> Body:
    """The body of one kind."""
    return of.bodies.get(kind=kind)


def seat(of: Body, person, role: str, **fields):
    """A seat since 1 September 2024."""
    return services.appoint(actor=None, body=of, person=person, role=role, **{"since": SINCE, **fields})
