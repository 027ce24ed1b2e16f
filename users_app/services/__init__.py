"""Services of identity: registration, accounts, preferences, credentials and deletion."""
