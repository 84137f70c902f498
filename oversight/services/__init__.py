"""The doors of the district's figures: refreshing schools after acts and evaluations, and the nightly rebuild."""

from oversight.services.aggregates import (
    differences,
    rebuild,
    refresh,
    refresh_after,
)

__all__ = ["differences", "rebuild", "refresh", "refresh_after"]
