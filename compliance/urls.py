from django.urls import path

from compliance.views import checkup, findings, rules

app_name = "compliance"
urlpatterns = [
    path("findings/", findings.finding_list, name="finding_list"),
    path("findings/<int:pk>/", findings.finding_detail, name="finding_detail"),
    path("findings/<int:pk>/<slug:key>/", findings.finding_act, name="finding_act"),
    path("findings/<int:pk>/files/<int:file>/", findings.finding_file, name="finding_file"),
    path("rules/", rules.rule_list, name="rule_list"),
    path("rules/<slug:code>/", rules.rule_detail, name="rule_detail"),
    path("checkup/", checkup.checkup, name="checkup"),
]
