from django.urls import path

from grants import views

app_name = "grants"
urlpatterns = [
    path("", views.grant_list, name="grant_list"),
    path("meetings/<int:pk>/new/", views.record_new, name="record_new"),
    path("files/<int:pk>/new/", views.file_new, name="file_new"),
    path("schools/new/", views.school_new, name="school_new"),
    path("<int:pk>/withdraw/", views.grant_withdraw, name="grant_withdraw"),
]
