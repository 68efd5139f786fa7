"""Late fees, reminders, holds, and the dated way to a disconnection and out of it.

Reads bills, the ledger and payments; posts fees by ``payments``. Decides which step is due and
writes it down; telling the member is a workflow's. Never disconnects anything: a person does, and
says so. What is not billed by a meter (fiber, fees, gifts) never leads to a disconnection.
"""
