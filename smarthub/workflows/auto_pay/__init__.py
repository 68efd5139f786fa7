"""Auto Pay from set-up to draft: planned with the bill, told, taken once, credited, ended."""
