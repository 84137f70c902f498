"""The clauses rules cite: document, article and text as of a day, and how far each binds.

`kind` says what the text is: 原文 quoted, 要点 a summary to be checked against the official text, 参照 a source that
does not bind here, 建议 a default of this product. `reach` says for whom: national, local, general practice.
"""

import csv
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

TABLE = Path(__file__).resolve().parent / "data" / "clauses.csv"
REACHES = {"national": "国家", "local": "地方", "general": "通行做法"}
KINDS = ("原文", "要点", "参照", "建议")


@dataclass(frozen=True)
class Clause:
    """One clause. `as_of` is the day its text was in force or published (ISO)."""

    code: str
    document: str
    article: str
    reach: str
    kind: str
    as_of: str
    text: str

    @property
    def is_binding(self) -> bool:
        """Whether a national document says so; everything else is local or a suggestion and is shown as such."""
        return self.reach == "national" and self.kind in ("原文", "要点")

    def as_text(self) -> dict[str, str]:
        """The copy a finding keeps, so that a later change of the text changes no old finding."""
        return asdict(self)


def _load() -> dict[str, Clause]:
    with TABLE.open(encoding="utf-8", newline="") as table:
        clauses = [Clause(**row) for row in csv.DictReader(table)]
    for clause in clauses:
        date.fromisoformat(clause.as_of)
        if clause.kind not in KINDS or clause.reach not in REACHES:
            raise ValueError(f"clause {clause.code}: unknown kind or reach")
    if len({clause.code for clause in clauses}) != len(clauses):
        raise ValueError("a clause code occurs twice")
    return {clause.code: clause for clause in clauses}


CLAUSES: dict[str, Clause] = _load()
