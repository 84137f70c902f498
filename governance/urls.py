from django.urls import path

from governance import security_views, views

app_name = "governance"
urlpatterns = [
    path("leadership/", views.leadership_page, name="leadership"),
    path("leadership/appoint/", views.appoint_page, name="leadership_appoint"),
    path("leadership/seats/<int:pk>/end/", views.end_seat_page, name="leadership_end"),
    path("leadership/seats/<int:pk>/move/", views.move_seat_page, name="leadership_move"),
    path("leadership/people/<int:pk>/leave/", views.leave_page, name="leadership_leave"),
    path("leadership/seats/<int:pk>/membership/", views.membership_page, name="leadership_membership"),
    path("leadership/party-org/", views.party_org_page, name="leadership_party_org"),
    path("leadership/portfolio/", views.portfolio_page, name="leadership_portfolio"),
    path("catalogue/", views.catalogue_page, name="catalogue"),
    path("catalogue/<int:pk>/", views.entry_page, name="catalogue_entry"),
    path("catalogue/<int:pk>/tighten/", views.tighten_page, name="catalogue_tighten"),
    path("parameters/", views.parameters_page, name="parameters"),
    path("authorities/", security_views.member_list, name="member_list"),
    path("authorities/<int:pk>/new/", security_views.member_new, name="member_new"),
    path("authorities/<int:pk>/second-factor/", security_views.second_factor, name="second_factor"),
    path("authorities/members/<int:pk>/end/", security_views.member_end, name="member_end"),
    path("parameters/<str:key>/", views.parameter_page, name="parameter"),
]
