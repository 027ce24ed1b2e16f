"""Pages about the person."""

from django.urls import path

from users_app import views

urlpatterns = [
    path("settings/", views.settings_page, name="settings"),
    path("settings/zone/use/", views.zone_use, name="zone_use"),
    path("settings/zone/keep/", views.zone_keep, name="zone_keep"),
    path("settings/calendar/", views.feed_make, name="feed_make"),
    path("settings/calendar/<uuid:feed_id>/revoke/", views.feed_revoke, name="feed_revoke"),
    path("settings/tokens/", views.tokens, name="tokens"),
    path("settings/tokens/<uuid:token_id>/revoke/", views.token_revoke, name="token_revoke"),
]
