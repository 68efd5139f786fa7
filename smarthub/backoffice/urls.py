"""The addresses of the desk, under ``/desk/``."""

from __future__ import annotations

from django.urls import include, path, re_path

from smarthub.backoffice import (
    agency_views,
    arrears_views,
    auto_pay_views,
    door_views,
    genuine,
    import_views,
    money_views,
    months_views,
    pay_links,
    phone_views,
    policy_views,
    read_views,
    registering,
    solar_views,
    tariffs,
)
from smarthub.backoffice.views import account, desk, work_lists

urlpatterns = [
    path("", desk, name="desk"),
    path("work/", work_lists, name="desk_work"),
    path("bills/", include("smarthub.backoffice.bill_urls")),
    path("reads/", read_views.failed_days, name="desk_failed_reads"),
    path("reads/files/", import_views.imports, name="desk_imports"),
    path("reads/files/<uuid:key>/", import_views.one_import, name="desk_import"),
    path(
        "reads/files/<uuid:key>/progress/",
        import_views.import_progress,
        name="desk_import_progress",
    ),
    path(
        "reads/files/<uuid:key>/confirm/", import_views.confirm_import, name="desk_import_confirm"
    ),
    path("reads/files/<uuid:key>/drop/", import_views.drop_import, name="desk_import_drop"),
    path("reads/<int:check_id>/", read_views.failed_day, name="desk_failed_read"),
    path("reports/", genuine.reports, name="desk_reports"),
    path("reports/<uuid:report_id>/", genuine.report, name="desk_report"),
    path("reports/<uuid:report_id>/picture/", genuine.picture, name="desk_report_picture"),
    path("accounts/<str:number>/note/", genuine.note, name="desk_note"),
    path("rates/", tariffs.tariffs, name="desk_tariffs"),
    path("rates/new/", tariffs.tariff_new, name="desk_tariff_new"),
    path("rates/solar/", solar_views.shared_solar, name="desk_shared_solar"),
    path("rates/<int:draft>/", tariffs.tariff_draft, name="desk_tariff_draft"),
    path("rates/<int:draft>/bills/", tariffs.tariff_bills, name="desk_tariff_bills"),
    re_path(r"^accounts/(?P<number>[A-Za-z0-9.-]{1,20})/$", account, name="desk_account"),
    path("accounts/<str:number>/online-access/", registering.online_access, name="desk_online"),
    path("accounts/<str:number>/phone/", phone_views.phone_payment, name="desk_phone"),
    path("accounts/<str:number>/pay-link/", pay_links.pay_link, name="desk_pay_link"),
    path("sweeps/", registering.sweeps, name="desk_sweeps"),
    path("money/counter/", door_views.counter, name="desk_counter"),
    path("money/files/", door_views.files, name="desk_money_files"),
    path("money/files/send/", door_views.send_file, name="desk_bank_file_send"),
    path("money/files/<int:file_id>/", door_views.file, name="desk_money_file"),
    path("payments/", money_views.payments, name="desk_payments"),
    path("payments/<uuid:payment_id>/", money_views.payment, name="desk_payment"),
    path("money/refunds/", money_views.refunds, name="desk_refunds"),
    path("money/refunds/<uuid:refund_id>/", money_views.decide, name="desk_refund_decide"),
    path("money/exceptions/", money_views.exceptions, name="desk_exceptions"),
    path("money/exceptions/<int:exception_id>/", money_views.explain, name="desk_explain"),
    path("money/suspense/", money_views.suspense, name="desk_suspense"),
    path("money/suspense/<int:item_id>/", money_views.match, name="desk_match"),
    path("money/reconciliation/", money_views.reconciliation, name="desk_reconciliation"),
    path("money/months/", months_views.months, name="desk_months"),
    path("money/arrears/", arrears_views.arrears, name="desk_arrears"),
    path("money/arrears/<str:number>/", arrears_views.account, name="desk_arrears_account"),
    path("money/agencies/debts/", agency_views.placements, name="desk_placements"),
    path(
        "money/agencies/debts/<uuid:file_id>/",
        agency_views.agency_file,
        name="desk_agency_file",
    ),
    path("money/agencies/", agency_views.agencies, name="desk_agencies"),
    path("money/auto-pay/", auto_pay_views.credit_programmes, name="desk_auto_pay_credits"),
    path("money/policies/", policy_views.policies, name="desk_money_policies"),
    path("money/policies/<str:key>/", policy_views.policy, name="desk_money_policy"),
]
