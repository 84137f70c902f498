"""The rules by group; importing this package registers them."""

from compliance.rules import execution, items, meetings, organization, papers, supervision, votes

__all__ = ["execution", "items", "meetings", "organization", "papers", "supervision", "votes"]
