"""Signing in: the library's adapter, forms and templates, in the co-op's words."""
