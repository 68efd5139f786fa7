"""Letters as PDF in a folder, from which the office prints and posts them."""
