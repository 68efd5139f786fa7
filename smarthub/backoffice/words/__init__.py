"""The desk's words for values, in the reader's language."""
