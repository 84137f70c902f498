"""Django's PostgreSQL backend; before a process first connects, the embedded server is started.

Reading the settings (lint, mypy, --help) therefore starts nothing.
"""

from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base

from config import embedded_postgres


class DatabaseWrapper(base.DatabaseWrapper):
    """settings_dict carries EMBEDDED_DATA (folder) and EMBEDDED_FAST (bool, tests only)."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; start the server and create the database where they are missing."""
        data = Path(self.settings_dict["EMBEDDED_DATA"])
        socket = embedded_postgres.ensure_running(data, fast=self.settings_dict["EMBEDDED_FAST"])
        if (name := conn_params["dbname"]) != "postgres":
            embedded_postgres.ensure_database(socket, name)
        return super().get_new_connection(conn_params)
