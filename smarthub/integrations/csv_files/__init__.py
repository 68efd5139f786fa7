"""Reading and writing the co-op's CSV files: columns by profile, rows with their numbers."""
