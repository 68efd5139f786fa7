"""Green Button Download My Data: NAESB REQ.21 ESPI 4.0, as Atom feeds written entry by entry.

The usage feed names nobody; who and where is in the customer feed, which is asked for apart.
Built to the public schemas; the programme's certificate and mark are another matter. Why it is
written with the standard library is in docs/decisions/0019-green-button.md.
"""
