"""Reads the environment strictly: a wrong value raises ImproperlyConfigured with a sentence that names the fix."""

from timetracker.environment.addresses import (
    format_host,
    read_base_url,
    read_debug,
    read_host,
    read_networks,
    read_origins,
    trusted_origins,
)
from timetracker.environment.databases import postgresql_database, read_database, sqlite_database
from timetracker.environment.secret_keys import read_fallback_keys, read_metrics_token, read_secret_key
from timetracker.environment.values import read_choice, read_count, read_data_dir, read_mail, read_port, read_text

__all__ = [
    "format_host",
    "postgresql_database",
    "read_base_url",
    "read_choice",
    "read_count",
    "read_data_dir",
    "read_database",
    "read_debug",
    "read_fallback_keys",
    "read_host",
    "read_mail",
    "read_metrics_token",
    "read_networks",
    "read_origins",
    "read_port",
    "read_secret_key",
    "read_text",
    "sqlite_database",
    "trusted_origins",
]
