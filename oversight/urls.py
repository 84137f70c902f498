from django.urls import path

from oversight.views import schools

app_name = "oversight"
urlpatterns = [
    path("schools/", schools.school_list, name="school_list"),
    path("schools/<int:pk>/", schools.school_detail, name="school_detail"),
]
