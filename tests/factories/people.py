"""People who sign in."""

from accounts.models import User

PASSWORD = "Lucid-Harbour-42"


def person(username: str, display_name: str, **fields) -> User:
    """One user with an e-mail address; `client.force_login`, or PASSWORD where it is typed."""
    user = User(username=username, display_name=display_name, email=f"{username}@example.org", **fields)
    user.set_password(PASSWORD)
    user.save()
    return user
