"""Who someone is and what they may see: registering, invitations, second steps, consents."""
