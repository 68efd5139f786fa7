"""The addresses of the settings pages, under ``/settings/``."""

from __future__ import annotations

from django.urls import path

from smarthub.portal.settings import accounts, contacts, leaving, log, profile

urlpatterns = [
    path("profile/", profile.profile, name="profile"),
    path("profile/name/", profile.called, name="called"),
    path("profile/bills/", profile.bill_format, name="bill_format"),
    path("profile/address/", profile.address, name="mailing_address"),
    path("contacts/", contacts.contacts, name="contacts"),
    path("contacts/email/", contacts.add_email, name="add_email"),
    path("contacts/phone/", contacts.add_phone, name="add_phone"),
    path("contacts/<uuid:reference>/", contacts.confirm_contact, name="confirm_contact"),
    path("contacts/<uuid:reference>/remove/", contacts.end_contact, name="end_contact"),
    path("contacts/<uuid:reference>/sign-in/", contacts.sign_in_with, name="sign_in_with"),
    path("accounts/", accounts.registered_accounts, name="registered_accounts"),
    path("accounts/shared/<uuid:reference>/", accounts.leave_account, name="leave_account"),
    path("accounts/<str:number>/name/", accounts.name_account, name="name_account"),
    path("users/", accounts.additional_users, name="additional_users"),
    path("users/<str:number>/", accounts.people, name="people"),
    path("users/<str:number>/invite/", accounts.invite, name="invite"),
    path("users/<str:number>/<uuid:reference>/", accounts.let_out, name="let_out"),
    path("users/<str:number>/<str:invitation>/", accounts.withdraw, name="withdraw_invitation"),
    path("messages/", log.contact_log, name="contact_log"),
    path("my-data/", leaving.my_data, name="my_data"),
    path("my-data/everything.zip", leaving.everything, name="everything"),
    path("close/", leaving.close, name="close_login"),
]
