"""Institutions, offices, what is decided where, and dated exceptions."""

from governance.models.catalogue import CatalogueEntry, ProcedureParameter
from governance.models.dated import Dated, DatedQuerySet, Held, HeldQuerySet
from governance.models.grants import ObjectGrant
from governance.models.institutions import Authority, AuthorityMember, Body, PartyOrg, School
from governance.models.offices import Portfolio, Seat, Staff

__all__ = [
    "Authority",
    "AuthorityMember",
    "Body",
    "CatalogueEntry",
    "Dated",
    "DatedQuerySet",
    "Held",
    "HeldQuerySet",
    "ObjectGrant",
    "PartyOrg",
    "Portfolio",
    "ProcedureParameter",
    "School",
    "Seat",
    "Staff",
]
