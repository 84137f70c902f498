from django.urls import path

from decisions.views import drafts, evidence, followup, grants, items, reconsiderations, tasks

app_name = "decisions"
urlpatterns = [
    path("items/", items.item_list, name="item_list"),
    path("items/new/", drafts.item_new, name="item_new"),
    path("items/new/<int:entry_id>/", drafts.item_create, name="item_create"),
    path("items/<int:pk>/", items.item_detail, name="item_detail"),
    path("items/<int:pk>/edit/", drafts.item_edit, name="item_edit"),
    path("items/<int:pk>/autosave/", drafts.item_autosave, name="item_autosave"),
    path("items/<int:pk>/evidence/new/", evidence.prerequisite_add, name="prerequisite_add"),
    path("items/<int:pk>/consultations/new/", evidence.consultation_add, name="consultation_add"),
    path("items/<int:pk>/files/new/", evidence.attachment_add, name="attachment_add"),
    path(
        "items/<int:pk>/reconsiderations/new/",
        reconsiderations.reconsideration_new,
        name="reconsideration_new",
    ),
    path("items/<int:pk>/notices/new/", followup.notice_new, name="notice_new"),
    path("items/<int:pk>/emergency/new/", followup.emergency_new, name="emergency_new"),
    path("notices/<int:pk>/conclude/", followup.notice_conclude, name="notice_conclude"),
    path("items/<int:pk>/grants/new/", grants.grant_new, name="grant_new"),
    path("grants/<int:pk>/withdraw/", grants.grant_withdraw, name="grant_withdraw"),
    path("items/<int:pk>/<slug:key>/", items.item_act, name="item_act"),
    path("evidence/<int:pk>/void/", evidence.prerequisite_void, name="prerequisite_void"),
    path("files/<int:pk>/", evidence.attachment_download, name="attachment_download"),
    path("files/<int:pk>/withdraw/", evidence.attachment_withdraw, name="attachment_withdraw"),
    path(
        "reconsiderations/<int:pk>/second/",
        reconsiderations.reconsideration_second,
        name="reconsideration_second",
    ),
    path(
        "reconsiderations/<int:pk>/decide/",
        reconsiderations.reconsideration_decide,
        name="reconsideration_decide",
    ),
    path("tasks/", tasks.task_list, name="task_list"),
    path("tasks/<int:pk>/", tasks.task_detail, name="task_detail"),
    path("tasks/<int:pk>/<slug:key>/", tasks.task_act, name="task_act"),
    path("extensions/<int:pk>/decide/", tasks.extension_decide, name="extension_decide"),
]
