from django.urls import path

from workbench import shell_views

app_name = "workbench"
urlpatterns = [
    path("school/", shell_views.choose_school, name="choose_school"),
]
