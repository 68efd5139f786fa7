"""People and their logins, membership, joint holders, language, contacts and consents.

One login is one person. A membership exists apart from accounts. Never knows what is owed.
"""
