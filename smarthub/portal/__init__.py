"""Pages for members: views, forms and templates.

A view opens the account, makes one call and renders one template. Never touches rows and
never does arithmetic on money. Outer storey; the same calls serve ``api`` and ``backoffice``.
"""
