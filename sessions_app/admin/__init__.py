"""Users, sessions, clients, projects and tags as an operator sees them. Every write goes through the services."""

from sessions_app.admin.catalogue import ClientAdmin, ProjectAdmin, TagAdmin
from sessions_app.admin.sessions import TimeSessionAdmin
from sessions_app.admin.users import UserAdmin

__all__ = ["ClientAdmin", "ProjectAdmin", "TagAdmin", "TimeSessionAdmin", "UserAdmin"]
