"""Money coming in and going back by every door: now, on a day, by hand, by phone; put right."""
