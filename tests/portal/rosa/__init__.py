"""Rosa asks for everything of Maria's: by every address, with every method, by its real number.

A route of this house stands in exactly one of three tables, or ``test_everything_of_maria``
fails and says what to write:

- ``ASKED``: it can be asked for somebody's thing. Each ``Ask`` names Maria's real row.
- ``OWN``: it names nothing of anybody, and shows whoever looks only what is theirs.
- ``PUBLIC`` (in ``public.py`` alone): everybody may see it, with the reason why.

``ASKED`` and ``OWN`` are joined from every ``asked_*.py`` beside this file, so each room keeps a
file of its own. A file that needs more of Maria's rows than the others made has a ``prepare``.
"""
