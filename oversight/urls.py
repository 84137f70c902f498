from django.urls import path

from oversight.views import board, lists, schools

app_name = "oversight"
urlpatterns = [
    path("", board.board, name="board"),
    path("setup/", lists.setup, name="setup"),
    path("missing/", lists.missing_list, name="missing"),
    path("measures/<slug:key>/", lists.measure, name="measure"),
    path("schools/", schools.school_list, name="school_list"),
    path("schools/<int:pk>/", schools.school_detail, name="school_detail"),
]
