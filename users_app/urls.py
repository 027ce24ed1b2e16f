"""Pages of identity: settings, access tokens, calendar feeds."""

from django.urls import path

from users_app.views import settings as views

urlpatterns = [
    path("settings/", views.settings_page, name="settings"),
    path("settings/zone/use/", views.zone_use, name="zone_use"),
    path("settings/zone/keep/", views.zone_keep, name="zone_keep"),
    path("settings/calendar/", views.feed_create, name="feed_create"),
    path("settings/calendar/<uuid:feed_id>/revoke/", views.feed_revoke, name="feed_revoke"),
    path("settings/tokens/", views.tokens, name="token_list"),
    path("settings/tokens/<uuid:token_id>/revoke/", views.token_revoke, name="token_revoke"),
]
