"""Who records in a register, who answers for the authority; records as one person may see them."""

from typing import Any

from common.errors import NotVisible
from governance.access import Offices, offices_of, school_for
from governance.choices import AuthorityRole
from governance.models import AuthorityMember, School, Seat
from registers.models import Record
from registers.specs import REGISTERS, Register

ANSWERING = (AuthorityRole.CLERK, AuthorityRole.REVIEWER)


def register_for(slug: str) -> Register:
    """A register by its slug, else NotVisible."""
    if slug not in REGISTERS:
        raise NotVisible("Register")
    return REGISTERS[slug]


def readable_school(person: Any, school_id: int) -> School:
    """A school whose registers the person may read: its offices and the district above it; else NotVisible."""
    school = school_for(person, school_id)
    if not may_read(person, school):
        raise NotVisible("School")
    return school


def may_read(person: Any, school: School) -> bool:
    """Whether the person may read the registers of the school."""
    offices = Seat.objects.active().filter(person=person, school=school).office()
    return offices.exists() or School.objects.all().supervised_by(person).filter(pk=school.pk).exists()


def may_record(offices: Offices, register: Register) -> bool:
    """Whether the offices record in this register."""
    return any(getattr(offices, office) for office in register.recorders)


def may_record_in(person: Any, school: School, register: Register) -> bool:
    return may_record(offices_of(person, school), register)


def may_answer(person: Any, school: School) -> bool:
    """审阅 and 审核 for the authority: 区审核 and 区督查 of the authority or one above it."""
    above = [int(part) for part in school.authority.path.strip("/").split("/")]
    return (
        AuthorityMember.objects.active()
        .filter(person=person, authority__in=above, role__in=ANSWERING)
        .exists()
    )


def record_for(person: Any, register: Register, pk: int) -> Record:
    """One record the person may see, with what its page shows; else NotVisible."""
    found = (
        register.model.objects.visible_to(person)
        .filter(pk=pk)
        .select_related("school__authority", *register.relations())
        .first()
    )
    if found is None:
        raise NotVisible(register.model.__name__)
    return found


def record_for_update(person: Any, register: Register, pk: int) -> Record:
    """One record the person may see, locked; else NotVisible."""
    found = (
        register.model.objects.visible_to(person)
        .select_for_update(of=("self",))
        .select_related("school__authority")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotVisible(register.model.__name__)
    return found
