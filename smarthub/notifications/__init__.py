"""What to tell whom, by which channel, in which language; and the outbox.

A message is written in the transaction that causes it and sent later by a job, once by its
dedupe key. Never decides whether something happened. End of the stream.

It keeps the log of every contact: messages, calls noted by staff, and what members report as
suspicious, for whoever asks whether it was really the co-op.

Beside the usual files: ``wording.py`` turns a template and its values into the words of one
message, in the reader's language, with the same proof of genuineness under every one.
"""
