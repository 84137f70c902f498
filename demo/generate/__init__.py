"""A generated district of any size, in the proportions of 曲靖 (facts.md §2): bulk rows, no history, no ledger."""

from demo.generate.district import NotEmpty, generate

__all__ = ["NotEmpty", "generate"]
