from django.urls import path

from workbench import change_views, ledger_views, shell_views, views
from workbench.rights import views as rights_views

app_name = "workbench"
urlpatterns = [
    path("", views.home, name="home"),
    path("school/", shell_views.choose_school, name="choose_school"),
    path("ledger/", ledger_views.ledger, name="ledger"),
    path("ledger/roots/<str:day>/", ledger_views.root, name="ledger_root"),
    path("ledger/<int:pk>/", ledger_views.chain, name="ledger_chain"),
    path("ledger/<int:pk>/check/", ledger_views.check, name="ledger_check"),
    path("ledger/<int:pk>/proof/<str:day>/", ledger_views.proof, name="ledger_proof"),
    path("changes/<slug:kind>/<int:pk>/", change_views.changes, name="changes"),
    path("rights/", rights_views.rights, name="rights"),
    path("rights/<str:subject>/<slug:key>/", rights_views.right, name="right"),
]
