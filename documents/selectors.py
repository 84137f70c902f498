"""What the document pages show."""

from dataclasses import dataclass

from common.masking import mask_numbers
from documents.models import IssuedDocument
from documents.rules import is_content_intact, is_file_intact


@dataclass(frozen=True, slots=True)
class Verification:
    """What anyone holding a verification code may learn; `title` is empty for 知悉范围 2."""

    document: IssuedDocument
    title: str
    is_content_intact: bool
    is_file_intact: bool | None
    superseded_by: IssuedDocument | None

    @property
    def is_genuine(self) -> bool:
        """Nothing stored differs from what was issued (a missing PDF does not count against it)."""
        return self.is_content_intact and self.is_file_intact is not False


def normal_code(text: str) -> str:
    """A code as typed from paper, without separators and in capitals."""
    return "".join(character for character in text.upper() if character.isalnum())


def verification(code: str) -> Verification | None:
    """Look up a verification code and recompute both digests; None where no document carries it."""
    document = (
        IssuedDocument.objects.select_related("school", "superseded_by")
        .filter(verification_code=normal_code(code))
        .first()
    )
    if document is None:
        return None
    return Verification(
        document=document,
        title="" if document.is_restricted else mask_numbers(document.title),
        is_content_intact=is_content_intact(document),
        is_file_intact=is_file_intact(document),
        superseded_by=getattr(document, "superseded_by", None),
    )
