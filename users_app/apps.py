from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class UsersConfig(AppConfig):
    name = "users_app"
    verbose_name = "Users"


class OperatorAdminConfig(admin_apps.AdminConfig):
    """Django's admin, with our sign-in for a door."""

    default = False  # of this package it is the other
    default_site = "users_app.admin.site.OperatorSite"
