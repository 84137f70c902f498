"""权限目录: rights as readable data, the page for auditors, and what tests/contracts proves cell by cell."""
