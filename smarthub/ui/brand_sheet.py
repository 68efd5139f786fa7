"""The co-op's colours as a small style sheet of their own, laid over the tokens.

The joined sheet is the same for every co-op and built once; this one follows the brand, which
is a dated row. Its address carries a version, so a browser keeps it until the colour changes.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from smarthub.cooperative.types import Brand

SHEET = """@layer tokens {{
  :root {{
    --brand: {brand.brand};
    --on-brand: {brand.on_brand};
    --brand-strong: {brand.brand_strong};
    --brand-soft: {brand.brand_soft};
  }}
  @media (prefers-color-scheme: dark) {{
    @media not print {{
      :root {{
        --brand: {brand.brand_dark};
        --on-brand: {brand.on_brand_dark};
        --brand-strong: {brand.brand_strong_dark};
        --brand-soft: {brand.brand_soft_dark};
      }}
    }}
  }}
}}
"""


@lru_cache(maxsize=64)
def brand_sheet(brand: Brand) -> str:
    """Return the style sheet of a brand; paper takes the light tones whatever the screen does."""
    return SHEET.format(brand=brand)


@lru_cache(maxsize=64)
def version_of_sheet(brand: Brand) -> str:
    """Return a short name of the sheet's contents."""
    return hashlib.sha256(brand_sheet(brand).encode()).hexdigest()[:12]
