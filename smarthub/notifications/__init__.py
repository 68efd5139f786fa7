"""What to tell whom, by which channel, in which language; and the outbox.

A message is written in the transaction that causes it and sent later by a job, once by its
dedupe key. Never decides whether something happened. End of the stream.
"""
