from django.urls import path

from governance import views

app_name = "governance"
urlpatterns = [
    path("leadership/", views.leadership_page, name="leadership"),
    path("leadership/appoint/", views.appoint_page, name="leadership_appoint"),
    path("leadership/seats/<int:pk>/end/", views.end_seat_page, name="leadership_end"),
    path("leadership/portfolio/", views.portfolio_page, name="leadership_portfolio"),
    path("catalogue/", views.catalogue_page, name="catalogue"),
    path("catalogue/<int:pk>/", views.entry_page, name="catalogue_entry"),
    path("catalogue/<int:pk>/tighten/", views.tighten_page, name="catalogue_tighten"),
    path("parameters/", views.parameters_page, name="parameters"),
    path("parameters/<str:key>/", views.parameter_page, name="parameter"),
]
