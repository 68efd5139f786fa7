"""Members' words for values, in the reader's language: bills, lines, use, payments, Auto Pay."""
