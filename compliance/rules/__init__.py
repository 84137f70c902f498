"""The rules by group; importing this package registers them."""

from compliance.rules import execution, meetings, organization

__all__ = ["execution", "meetings", "organization"]
