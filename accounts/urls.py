from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.views import administration, external, own, sign_in, trail

app_name = "accounts"
urlpatterns = [
    path("login/", sign_in.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("me/", own.me, name="me"),
    path("password/", own.password, name="password"),
    path("security/", own.security, name="security"),
    path("sessions/<int:session_id>/end/", own.end_session, name="end_session"),
    path("external/<slug:provider>/", external.begin, name="external_begin"),
    path("external/<slug:provider>/bind/", external.bind, name="external_bind"),
    path("external/<slug:provider>/callback/", external.callback, name="external_callback"),
    path("external/<int:pk>/release/", external.release, name="external_release"),
    path("manage/", administration.account_list, name="account_list"),
    path("manage/new/", administration.account_new, name="account_new"),
    path("manage/<int:pk>/", administration.account_detail, name="account_detail"),
    path("manage/<int:pk>/<slug:act>/", administration.account_act, name="account_act"),
    path("roles/", administration.role_list, name="role_list"),
    path("roles/new/", administration.role_new, name="role_new"),
    path("roles/<int:pk>/revoke/", administration.role_revoke, name="role_revoke"),
    path("trail/", trail.trail, name="trail"),
    path("trail/proof/", trail.trail_proof, name="trail_proof"),
]
