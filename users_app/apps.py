from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "users_app"
    verbose_name = "Users"
