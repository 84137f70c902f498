"""A secretary of two schools, and the sample pages."""

from copy import deepcopy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client

from accounts.models import User
from governance.choices import BodyKind, SeatRole
from governance.models import Authority, Body, School, Seat


@pytest.fixture
def town(db):
    """明德中学 and 实验小学 with one secretary, 育才中学 with another one."""
    authority = Authority.objects.create(name="云川区教育工委", level="district", path="/1/")
    chen = User.objects.create_user("chenlide", password="Xiaoyi-2026", display_name="陈立德")
    other = User.objects.create_user("sunli", password="Xiaoyi-2026", display_name="孙丽")
    schools = []
    for code, name, person in (("A", "明德中学", chen), ("B", "实验小学", chen), ("C", "育才中学", other)):
        school = School.objects.create(
            authority=authority, code=code, name=name, short_name=name, stage="primary"
        )
        body = Body.objects.create(school=school, kind=BodyKind.PARTY, name="党总支会议")
        Seat.objects.create(
            school=school, body=body, person=person, role=SeatRole.SECRETARY, since=date(2024, 9, 1)
        )
        schools.append(school)
    return SimpleNamespace(authority=authority, chen=chen, other=other, schools=schools)


@pytest.fixture
def sample(settings):
    """Serve the sample addresses beside the real ones."""
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(Path(__file__).parent / "templates")
    settings.TEMPLATES = templates
    settings.ROOT_URLCONF = "tests.common.sample_urls"


@pytest.fixture
def chen(town, sample):
    """A browser signed in as the secretary."""
    client = Client(raise_request_exception=False)
    client.force_login(town.chen)
    return client
