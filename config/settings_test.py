"""Settings of the tests: the same file with APP_ENV=test."""

import os

os.environ["APP_ENV"] = "test"

from config.settings import *  # noqa: F403 - the environment must be set before the settings are read
