"""Every write of what belongs to a user's identity: registration, preferences, credentials and deletion."""
