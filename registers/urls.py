from django.urls import path

from registers import views

app_name = "registers"
urlpatterns = [
    path("registers/", views.register_list, name="register_list"),
    path("registers/<slug:register>/", views.record_list, name="record_list"),
    path("registers/<slug:register>/new/", views.record_new, name="record_new"),
    path("registers/<slug:register>/<int:pk>/", views.record_detail, name="record_detail"),
    path("registers/<slug:register>/<int:pk>/correct/", views.record_correct, name="record_correct"),
    path("registers/<slug:register>/<int:pk>/void/", views.record_void, name="record_void"),
    path("registers/<slug:register>/<int:pk>/submit/", views.record_submit, name="record_submit"),
    path("registers/<slug:register>/<int:pk>/answer/", views.record_answer, name="record_answer"),
    path("registers/<slug:register>/<int:pk>/file/", views.record_file, name="record_file"),
]
