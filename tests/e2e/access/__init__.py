"""WCAG 2.2 AA as a harness: every route, in every state, in both themes, languages and sizes.

``routes.py`` lists what is visited, ``stage.py`` fills the co-op it is visited in, ``checks.py``
says what must hold on each page. docs/accessibility.md tells what that covers and what not.
"""
