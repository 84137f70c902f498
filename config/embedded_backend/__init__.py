"""Django database backend that starts the embedded server on the first connection of a process."""
