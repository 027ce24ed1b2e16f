"""Pages of identity: signing in, accounts, settings, access tokens, calendar feeds."""

from allauth.account import views as allauth
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as mfa_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from users_app.views import account, devices, feeds, keep, links, options, settings, signin, tokens

urlpatterns = [
    path("keep/", keep.keep, name="keep"),
    path("keep/dismiss/", keep.keep_dismiss, name="keep_dismiss"),
    path("signin/", signin.signin, name="signin"),
    path("signin/link/<str:secret>/", links.signin_link, name="signin_link"),
    path("signout/", signin.signout, name="signout"),
    path("invitation/<str:secret>/", links.invitation, name="invitation"),
    path("settings/", settings.settings, name="settings"),
    path("settings/time/", settings.settings, {"section": "time"}, name="settings_time"),
    path("settings/timer/", settings.settings, {"section": "timer"}, name="settings_timer"),
    path("settings/rates/", settings.settings, {"section": "rates"}, name="settings_rates"),
    path("settings/look/", settings.settings, {"section": "look"}, name="settings_look"),
    path("settings/keys/", settings.keys, name="settings_keys"),
    path("settings/devices/", devices.device_list, name="device_list"),
    path("settings/devices/end/", devices.device_end, name="device_end"),
    path("settings/email/", account.email_change, name="email_change"),
    path("settings/email/confirm/", account.email_confirm_send, name="email_confirm_send"),
    path("settings/zones/", options.zone_options, name="zone_options"),
    path("settings/currencies/", options.currency_options, name="currency_options"),
    path("settings/zone/use/", settings.zone_use, name="zone_use"),
    path("settings/zone/keep/", settings.zone_keep, name="zone_keep"),
    path("settings/calendar/", feeds.feed_list, name="feed_list"),
    path("settings/calendar/<uuid:feed_id>/revoke/", feeds.feed_revoke, name="feed_revoke"),
    path("settings/tokens/", tokens.token_list, name="token_list"),
    path("settings/tokens/<uuid:token_id>/revoke/", tokens.token_revoke, name="token_revoke"),
    # By the names that django-allauth looks for.
    path("keep/", keep.keep, name="account_signup"),
    path("signin/", signin.signin, name="account_login"),
    path("signout/", signin.signout, name="account_logout"),
    path("signin/closed/", allauth.account_inactive, name="account_inactive"),
    path("signin/again/", allauth.reauthenticate, name="account_reauthenticate"),
    path("signin/password/", account.PasswordResetView.as_view(), name="account_reset_password"),
    path("signin/password/sent/", allauth.password_reset_done, name="account_reset_password_done"),
    path("signin/password/done/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path(
        "signin/password/<str:uidb36>/<str:key>/",
        account.PasswordResetFromKeyView.as_view(),
        name="account_reset_password_from_key",
    ),
    path("settings/email/<str:key>/", account.ConfirmEmailView.as_view(), name="account_confirm_email"),
    path("settings/password/", account.PasswordChangeView.as_view(), name="account_change_password"),
    path("settings/password/first/", account.PasswordSetView.as_view(), name="account_set_password"),
    path("signin/second-factor/", signin.second_factor, name="mfa_authenticate"),
    path("signin/again/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("signin/again/passkey/", account.PasskeyReauthenticateView.as_view(), name="mfa_reauthenticate_webauthn"),
    path("signin/passkey/", signin.PasskeySignInView.as_view(), name="mfa_login_webauthn"),
    path("settings/second-factor/", mfa.index, name="mfa_index"),
    path("settings/second-factor/app/", account.AuthenticatorSetUpView.as_view(), name="mfa_activate_totp"),
    path("settings/second-factor/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("settings/second-factor/codes/", account.SecondFactorCodesView.as_view(), name="mfa_view_recovery_codes"),
    path("settings/second-factor/codes/new/", mfa_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("settings/passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("settings/passkeys/add/", account.PasskeyAddView.as_view(), name="mfa_add_webauthn"),
    path("settings/passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("settings/passkeys/<int:pk>/edit/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
]
