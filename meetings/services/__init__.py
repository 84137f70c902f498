"""The only doors through which a meeting, its facts and its papers change."""
