"""What is told to whom: the words of each occasion go into the outbox, and the outbox is sent.

Stands on the ground: every room above tells people through here, in its own transaction.
"""
