"""Registering: from the bill in the hand to the home page, on the phone or the computer."""
