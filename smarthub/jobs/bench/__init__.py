"""Measure the running portal against its budgets; ``smarthub bench`` prints what is found.

``budgets`` is the one table of limits, read by the bench and by the tests alike. ``first_view``
measures in a real browser, ``lighthouse`` asks Lighthouse, ``cost`` what the server spends;
``web`` puts them together. Browser and Lighthouse belong to the development installation.
"""
