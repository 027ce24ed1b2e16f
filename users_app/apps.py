from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class UsersConfig(AppConfig):
    name = "users_app"
    verbose_name = "Users"


class OperatorAdminConfig(admin_apps.AdminConfig):
    """Django's admin, with the product's sign-in pages."""

    default = False  # the default of this package is UsersConfig
    default_site = "users_app.admin.site.OperatorSite"
