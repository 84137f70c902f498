from django.urls import path

from workbench import shell_views, views

app_name = "workbench"
urlpatterns = [
    path("", views.home, name="home"),
    path("school/", shell_views.choose_school, name="choose_school"),
]
