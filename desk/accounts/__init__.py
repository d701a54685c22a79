"""The pages of accounts: signing in, one's own password, the list of officers."""
