"""Addresses of signing in and out, and of one's account."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.views import account, messages, mobile, second_factor, security, sign_in

urlpatterns = [
    path("login", sign_in.LoginView.as_view(), name="login"),
    path("register", sign_in.RegisterView.as_view(), name="register"),
    path("password/reset", sign_in.ResetView.as_view(), name="password-reset"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("account", account.account, name="account"),
    path("account/profile", account.profile, name="profile"),
    path("account/profile/avatar", account.avatar, name="avatar"),
    path("account/verification", account.VerificationView.as_view(), name="verification"),
    path("account/mobile", mobile.MobileView.as_view(), name="mobile"),
    path("account/second-factor", second_factor.SecondFactorView.as_view(), name="second-factor"),
    path("account/security", security.security, name="security"),
    path("account/security/password", security.password, name="change-password"),
    path("account/security/devices/end", security.one_device, name="end-device"),
    path("account/security/devices/end-others", security.other_devices, name="end-other-devices"),
    path("account/security/keys", security.new_key, name="make-key"),
    path("account/security/keys/revoke", security.revoked_key, name="revoke-key"),
    path("account/security/backup-codes", second_factor.new_backup_codes, name="make-backup-codes"),
    path("account/security/data", security.data, name="my-data"),
    path("account/security/close", security.close, name="close-account"),
    path("messages", messages.inbox, name="messages"),
    path("messages/read", messages.read, name="read-messages"),
    path("messages/<int:message_id>", messages.opened, name="message"),
]
