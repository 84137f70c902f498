from django.urls import path

from meetings.views import desk, lists, papers, planning

app_name = "meetings"
urlpatterns = [
    path("meetings/", lists.meeting_list, name="meeting_list"),
    path("meetings/new/", planning.meeting_new, name="meeting_new"),
    path("meetings/<int:pk>/", planning.meeting_detail, name="meeting_detail"),
    path("meetings/<int:pk>/edit/", planning.meeting_edit, name="meeting_edit"),
    path("meetings/<int:pk>/desk/", desk.desk, name="desk"),
    path("meetings/<int:pk>/desk/changes/", desk.changes, name="desk_changes"),
    path("meetings/<int:pk>/desk/<int:entry_id>/", desk.desk, name="desk_entry"),
    path("meetings/<int:pk>/desk/<int:entry_id>/changes/", desk.changes, name="desk_changes_entry"),
    path("meetings/<int:pk>/desk/<int:entry_id>/<slug:key>/", desk.entry_act, name="entry_act"),
    path("meetings/<int:pk>/desk/<int:entry_id>/<slug:key>/<int:part>/", desk.entry_act, name="part_act"),
    path("meetings/<int:pk>/attendance/all/", desk.attendance_all, name="attendance_all"),
    path("meetings/<int:pk>/attendance/<int:part>/", desk.attendance, name="attendance"),
    path("meetings/<int:pk>/observers/new/", desk.observer_add, name="observer_add"),
    path("meetings/<int:pk>/observers/<int:part>/", desk.observer_presence, name="observer_presence"),
    path("meetings/<int:pk>/minutes/", papers.minutes, name="minutes"),
    path("meetings/<int:pk>/minutes/<slug:key>/", papers.minutes_act, name="minutes_act"),
    path("meetings/<int:pk>/record/", papers.record, name="record"),
    path("meetings/<int:pk>/record/<slug:key>/", papers.record_act, name="record_act"),
    path("meetings/<int:pk>/<slug:key>/", planning.meeting_act, name="meeting_act"),
]
