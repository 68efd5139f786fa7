"""Money that is late, or held against it: steps and their end, plans, agencies, deposits."""
