"""Machine interfaces, one sub-package per version.

Owns shapes and status codes only; never arithmetic, never rows. Outer storey.
"""
