from django.urls import path

from governance.views import catalogue, offices, parameters, security

app_name = "governance"
urlpatterns = [
    path("leadership/", offices.leadership_page, name="leadership"),
    path("leadership/appoint/", offices.appoint_page, name="leadership_appoint"),
    path("leadership/seats/<int:pk>/end/", offices.end_seat_page, name="leadership_end"),
    path("leadership/seats/<int:pk>/move/", offices.move_seat_page, name="leadership_move"),
    path("leadership/people/<int:pk>/leave/", offices.leave_page, name="leadership_leave"),
    path("leadership/seats/<int:pk>/membership/", offices.membership_page, name="leadership_membership"),
    path("leadership/party-org/", offices.party_org_page, name="leadership_party_org"),
    path("leadership/portfolio/", offices.portfolio_page, name="leadership_portfolio"),
    path("catalogue/", catalogue.catalogue_page, name="catalogue"),
    path("catalogue/<int:pk>/", catalogue.entry_page, name="catalogue_entry"),
    path("catalogue/<int:pk>/tighten/", catalogue.tighten_page, name="catalogue_tighten"),
    path("parameters/", parameters.parameters_page, name="parameters"),
    path("authorities/", security.member_list, name="member_list"),
    path("authorities/<int:pk>/new/", security.member_new, name="member_new"),
    path("authorities/<int:pk>/second-factor/", security.second_factor, name="second_factor"),
    path("authorities/members/<int:pk>/end/", security.member_end, name="member_end"),
    path("parameters/<str:key>/", parameters.parameter_page, name="parameter"),
]
