"""Auto Pay: standing consent to draft bills, the drafts announced, and what came of each.

A draft is a promise made when its bill is written and kept on the draft day through the same
payment operations as a payment by hand. Its tries have ids made of the draft, so a bill is drafted
once whatever crashes. Plans are never edited: a change is a new plan that names the old one.
Stands above ``payments``; never calls a gateway itself.
"""
