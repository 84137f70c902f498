from django.urls import path

from handover import views

app_name = "handover"
urlpatterns = [
    path("", views.handover_list, name="handover_list"),
    path("of/<int:pk>/", views.handover_new, name="handover_new"),
    path("<int:pk>/", views.handover_detail, name="handover_detail"),
    path("<int:pk>/receive/", views.handover_receive, name="handover_receive"),
]
