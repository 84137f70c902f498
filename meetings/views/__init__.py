"""Pages of meetings: list, planning, the recording workspace, papers."""
