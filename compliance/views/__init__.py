"""The pages of the compliance room."""
