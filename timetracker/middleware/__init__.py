"""Middleware for all apps. That of health checks and metrics is in their modules, that of users in users_app."""
