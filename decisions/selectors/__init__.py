"""What the screens of items and tasks need to know. Nothing here writes."""
