"""监督: R80–R89."""

__all__: list[str] = []
