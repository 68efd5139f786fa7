"""Stripe behind the payment port: cards and US bank accounts, stored there and charged from here.

The browser gives numbers to Stripe's own element on our page; what comes here is a token, a
brand and four digits. docs/operating/payments.md says how to go live.
"""
