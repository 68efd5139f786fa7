"""What each message is about, in words that tell a stranger nothing of anybody."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop

TOPICS = {
    "bill_ready": gettext_noop("a bill that is ready"),
    "payment_receipt": gettext_noop("a payment we received"),
    "payment_scheduled": gettext_noop("a payment scheduled for a day"),
    "payment_failed": gettext_noop("a payment that did not go through"),
    "payment_again": gettext_noop("a payment that was returned"),
    "payment_returned": gettext_noop("a payment that was returned"),
    "payment_taken_back": gettext_noop("a payment that goes back to you"),
    "pay_link": gettext_noop("a link to pay without signing in"),
    "method_changed": gettext_noop("a way to pay that was stored, changed or removed"),
    "auto_pay_agreed": gettext_noop("an Auto Pay that was set up, changed or stopped"),
    "auto_pay_changed": gettext_noop("an Auto Pay that was set up, changed or stopped"),
    "auto_pay_planned": gettext_noop("a bill that Auto Pay takes"),
    "auto_pay_left_out": gettext_noop("a bill that Auto Pay takes"),
    "auto_pay_failed": gettext_noop("a payment that did not go through"),
    "payment_reminder": gettext_noop("a bill that is due soon"),
    "past_due": gettext_noop("a bill that is past due"),
    "disconnection_notice": gettext_noop("a notice of disconnection"),
    "disconnection_last_call": gettext_noop("a notice of disconnection"),
    "certificate_expires": gettext_noop("a tax certificate that runs out soon"),
    "pledge_made": gettext_noop("help of an agency with a bill"),
    "pledge_over": gettext_noop("help of an agency with a bill"),
    "back_billing_offered": gettext_noop("a corrected bill that can be paid over time"),
    "arrangement_made": gettext_noop("a payment arrangement"),
    "arrangement_broken": gettext_noop("a payment arrangement"),
    "arrangement_kept": gettext_noop("a payment arrangement"),
    "deposit_asked": gettext_noop("a deposit"),
    "deposit_part": gettext_noop("a deposit"),
    "deposit_waived": gettext_noop("a deposit"),
    "method_expires": gettext_noop("a card that expires soon"),
    "sign_in_code": gettext_noop("a code to sign in"),
    "sign_in_letter": gettext_noop("a code to sign in"),
    "sign_in_name": gettext_noop("signing up for an account"),
    "password_reset_code": gettext_noop("a new password"),
    "password_reset_link": gettext_noop("a new password"),
    "confirm_address": gettext_noop("confirming an e-mail address"),
    "contact_code": gettext_noop("confirming an e-mail address or phone"),
    "step_up_code": gettext_noop("a code to confirm that it is you"),
    "sign_in_changed": gettext_noop("a change of a sign-in"),
    "profile_changed": gettext_noop("a change of a profile"),
    "claim_asked": gettext_noop("signing up for an account"),
    "claim_code": gettext_noop("signing up for an account"),
    "claim_letter": gettext_noop("signing up for an account"),
    "claim_proved": gettext_noop("signing up for an account"),
    "address_taken": gettext_noop("a sign-in that there is already"),
    "unknown_address": gettext_noop("a sign-in that there is not"),
    "new_device": gettext_noop("a sign-in from a new device"),
    "invitation": gettext_noop("an invitation to an account"),
    "sharing_changed": gettext_noop("who may see an account"),
    "sharing_ended": gettext_noop("who may see an account"),
    "login_closed": gettext_noop("closing a sign-in"),
}


def topic_of(template: str) -> str:
    """Return what a message made from a template is about."""
    return gettext(TOPICS.get(template, gettext_noop("your account with us")))
