"""What of the institutions is sealed: schools, bodies, offices, the catalogue, the parameters in force and dated exceptions."""

from governance import models
from ledger.rows import register


def register_all() -> None:
    """Called when the app is ready."""
    register(models.School, school="id")
    register(models.Authority, school="", authority="id")
    register(models.AuthorityMember, school="", authority="authority_id")
    for model in (
        models.PartyOrg,
        models.Body,
        models.Seat,
        models.Staff,
        models.Portfolio,
        models.ObjectGrant,
    ):
        register(model)
    for model in (models.CatalogueEntry, models.ProcedureParameter):
        register(model, authority="authority_id")
