"""One include per app; each app owns everything below its prefix."""

from django.urls import include, path

from config.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("workbench.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("accounts.factor_urls")),
    path("", include("governance.urls")),
    path("", include("decisions.urls")),
    path("", include("meetings.urls")),
    path("", include("registers.urls")),
    path("compliance/", include("compliance.urls")),
    path("handovers/", include("handover.urls")),
    path("exceptions/", include("grants.urls")),
    path("district/", include("oversight.urls")),
    path("notices/", include("notifications.urls")),
    path("documents/", include("documents.urls")),
]

handler400 = "common.views.bad_request"
handler403 = "common.views.permission_denied"
handler404 = "common.views.page_not_found"
handler500 = "common.views.server_error"
