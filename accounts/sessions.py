"""What a session carries besides who signed in."""

SEEN_AT = "seen_at"  # seconds since 1970 of the last act, renewed at most once a minute
FACTOR_DUE = "second_factor_due"  # whether a second factor must be set up first
