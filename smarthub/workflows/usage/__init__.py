"""Use as a member explores it: days, hours, costs, weather, the bill ahead, and downloads."""
