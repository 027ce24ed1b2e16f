from importlib import import_module

from django.apps import AppConfig
from django.conf import settings


class SessionsConfig(AppConfig):
    name = "sessions_app"
    verbose_name = "Sessions"

    def ready(self) -> None:
        """Registers what goes with a user, and what is measured of sessions, where anybody asks."""
        import_module("sessions_app.services.deletion")
        if settings.METRICS != "off":
            import_module("sessions_app.selectors.metrics")
