"""What calendar programs can do over CalDAV, and what they cannot."""
