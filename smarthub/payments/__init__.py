"""Payments, stored methods (tokens only) and attempts at the gateway.

An attempt is written before the gateway is called, and the gateway's answer beside it, so a
crash leaves a question to be asked again and never a second charge. Card and bank numbers
never come here. Posts to ``ledger``; stands above ``billing``.

Beside the usual files: ``receipts.py`` draws the receipt of a payment as a PDF.
"""
