from django.urls import path

from documents import views

app_name = "documents"
urlpatterns = [
    path("verify/", views.verify, name="verify_form"),
    path("verify/<str:code>/", views.verify, name="verify"),
    path("<int:document_id>/", views.download, name="download"),
    path("<int:document_id>/status/", views.status, name="status"),
    path("<int:document_id>/again/", views.ask_again, name="ask_again"),
]
