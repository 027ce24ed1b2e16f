"""Sessions, clients, projects and tags as an operator sees them. Every write goes through the services."""

from sessions_app.admin.organising import ClientAdmin, ProjectAdmin, TagAdmin
from sessions_app.admin.sessions import TimeSessionAdmin

__all__ = ["ClientAdmin", "ProjectAdmin", "TagAdmin", "TimeSessionAdmin"]
