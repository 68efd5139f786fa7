"""The addresses of the desk, under ``/desk/``."""

from __future__ import annotations

from django.urls import include, path, re_path

from smarthub.backoffice import genuine
from smarthub.backoffice.views import account, desk, work_lists

urlpatterns = [
    path("", desk, name="desk"),
    path("work/", work_lists, name="desk_work"),
    path("bills/", include("smarthub.backoffice.bill_urls")),
    path("reports/", genuine.reports, name="desk_reports"),
    path("reports/<uuid:report_id>/", genuine.report, name="desk_report"),
    path("reports/<uuid:report_id>/picture/", genuine.picture, name="desk_report_picture"),
    path("accounts/<str:number>/note/", genuine.note, name="desk_note"),
    re_path(r"^accounts/(?P<number>[A-Za-z0-9.-]{1,20})/$", account, name="desk_account"),
]
