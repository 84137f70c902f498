"""What the screens of meetings need."""
