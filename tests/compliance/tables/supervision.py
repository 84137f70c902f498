"""监督: R80–R89."""

from tests.compliance.tables import Row

ROWS: dict[str, list[Row]] = {}
