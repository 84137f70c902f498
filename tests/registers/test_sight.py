"""Who sees the registers: the offices of the school and the district above it, the same for every register."""

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser

from registers.specs import REGISTERS
from tests.factories.cast import NAMES
from tests.factories.registers import entered

SEES = {
    *("secretary", "principal", "deputy", "vice", "vice_second", "discipline", "organizer"),
    *("vice_non_party", "admin_member", "admin_second", "clerk"),
    *("inspector", "district_leader"),
}


@pytest.mark.django_db
def test_every_register_has_the_same_readers(cast):
    records = {slug: entered(cast, slug) for slug in REGISTERS}
    for who in NAMES:
        seen = {
            slug
            for slug, record in records.items()
            if record._meta.model.objects.visible_to(getattr(cast, who)).filter(pk=record.pk).exists()
        }
        assert seen == (set(REGISTERS) if who in SEES else set()), who
    assert not any(r.model.objects.visible_to(AnonymousUser()).exists() for r in REGISTERS.values())


def test_every_register_keeps_its_history_and_is_declared():
    models = {
        model
        for model in apps.get_app_config("registers").get_models()
        if not model.__name__.startswith("Historical")
    }
    assert models == {register.model for register in REGISTERS.values()}
    for slug, register in REGISTERS.items():
        assert register.purpose and register.help and register.recorders and register.rules
        assert hasattr(register.model, "history")
        for name in (*register.fields, *register.columns, register.day):
            assert register.field(name).verbose_name, (slug, name)
