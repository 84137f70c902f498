"""A generated district of any size, in the proportions of 曲靖 (facts.md §2): bulk rows, no history, no ledger.

`district.generate` is the entrance; nothing is imported here, because worker processes begin before Django is set up.
"""
