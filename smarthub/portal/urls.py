"""The addresses of the members' pages. Accounts and bills by number, never by row id."""

from __future__ import annotations

from django.urls import include, path

from smarthub.portal import phone
from smarthub.portal.language import switch_language
from smarthub.portal.outbox import outbox
from smarthub.portal.views import (
    ahead,
    bills,
    components,
    download,
    due,
    gateway_events,
    genuine,
    home,
    invitations,
    methods,
    more,
    pay,
    rates,
    stripe_form,
    usage,
    usage_more,
    usage_notes,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("due/", due.due, name="due"),
    path("ahead/", ahead.ahead, name="ahead"),
    path("usage/", usage.usage, name="usage"),
    path("usage/<str:number>/download/", download.download_usage, name="download_usage"),
    path("usage/<str:number>/together/", usage_more.usage_together, name="usage_together"),
    path(
        "usage/<str:number>/together/<str:when>/",
        usage_more.usage_together,
        name="usage_together_when",
    ),
    path("usage/<str:number>/<str:point>/", usage.usage_at, name="usage_at"),
    path("usage/<str:number>/<str:point>/rates/", rates.rate_comparison, name="rate_comparison"),
    path("usage/<str:number>/<str:point>/pattern/", usage_more.usage_pattern, name="usage_pattern"),
    path("usage/<str:number>/<str:point>/range/", usage.usage_range, name="usage_range"),
    path("usage/<str:number>/<str:point>/notes/", usage_notes.pin, name="usage_pin"),
    path(
        "usage/<str:number>/<str:point>/notes/<uuid:key>/", usage_notes.take_off, name="usage_unpin"
    ),
    path("usage/<str:number>/<str:point>/<str:when>/", usage.usage_when, name="usage_when"),
    path(
        "usage/<str:number>/<str:point>/<str:when>/dollars/",
        usage.usage_when,
        {"dollars": True},
        name="usage_dollars",
    ),
    path(
        "usage/<str:number>/<str:point>/<str:when>/changed/",
        usage_more.usage_changed,
        name="usage_changed",
    ),
    path(
        "usage/<str:number>/<str:point>/<str:when>/hours.json", usage.usage_data, name="usage_data"
    ),
    path("bills/", bills.bills, name="bills"),
    path("bills/<str:number>/<str:bill_number>/", bills.bill, name="bill"),
    path("bills/<str:number>/<str:bill_number>/pdf/", bills.bill_pdf, name="bill_pdf"),
    path("pay/", pay.pay, name="pay"),
    path("pay/due/", pay.pay_due, name="pay_due"),
    path("pay/review/", pay.pay_review, name="pay_review"),
    path("pay/card/", pay.pay_card, name="pay_card"),
    path("pay/card/return/", pay.pay_card_return, name="pay_card_return"),
    path("pay/<uuid:payment_id>/", pay.pay_receipt, name="pay_receipt"),
    path("pay/methods/", methods.methods, name="methods"),
    path("pay/methods/bank/", methods.methods_bank, name="methods_bank"),
    path("pay/methods/<uuid:method_id>/remove/", methods.methods_remove, name="methods_remove"),
    path("pay/form/<str:reference>/", stripe_form.stripe_form, name="pay_form"),
    path("gateway/events/", gateway_events.gateway_events, name="gateway_events"),
    path("contact/", more.contact, name="contact"),
    path("other-ways-to-pay/", more.other_ways_to_pay, name="other_ways_to_pay"),
    path("more/", more.more, name="more"),
    path("settings/", include("smarthub.portal.settings.urls")),
    path("invitations/<str:number>/", invitations.invitation, name="invitation"),
    path("invitations/<str:number>/sign-in/", invitations.make_sign_in, name="invited_sign_in"),
    path("invitations/<str:number>/accept/", invitations.accept, name="accept_invitation"),
    path("check/", genuine.check, name="check"),
    path("check/report/", genuine.report, name="report"),
    path("language/", switch_language, name="set_language"),
    path("_components/", components.components, name="components"),
    path("_components/confirm/", components.components_confirm, name="components_confirm"),
    path("_outbox/", outbox, name="outbox"),
    path("install/", phone.install, name="install"),
    path("manifest/<str:language>/", phone.manifest, name="manifest"),
    path("brand.css", phone.brand_colours, name="brand_sheet"),
    path("logo.svg", phone.logo, name="logo"),
    path("icons/<str:name>", phone.icon, name="icon"),
    path("offline/", phone.offline, name="offline"),
    path("offline/<str:language>/", phone.offline, name="offline"),
    path("service-worker.js", phone.service_worker, name="service_worker"),
]
