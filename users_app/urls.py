"""Pages of identity: settings, access tokens, calendar feeds."""

from django.urls import path

from users_app.views import devices, feeds, keep, settings, signin, tokens

urlpatterns = [
    path("keep/", keep.keep, name="keep"),
    path("keep/dismiss/", keep.keep_dismiss, name="keep_dismiss"),
    path("signin/", signin.signin, name="signin"),
    path("signout/", signin.signout, name="signout"),
    path("settings/devices/", devices.device_list, name="device_list"),
    path("settings/devices/end/", devices.device_end, name="device_end"),
    path("settings/", settings.settings, name="settings"),
    path("settings/zone/use/", settings.zone_use, name="zone_use"),
    path("settings/zone/keep/", settings.zone_keep, name="zone_keep"),
    path("settings/calendar/", feeds.feed_create, name="feed_create"),
    path("settings/calendar/<uuid:feed_id>/revoke/", feeds.feed_revoke, name="feed_revoke"),
    path("settings/tokens/", tokens.token_list, name="token_list"),
    path("settings/tokens/<uuid:token_id>/revoke/", tokens.token_revoke, name="token_revoke"),
]
