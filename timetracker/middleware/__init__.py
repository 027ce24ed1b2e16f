"""Middleware of every app. Health and metrics have theirs beside them, and users_app its own."""
