"""The only doors through which a decision item, its evidence or its tasks change."""
