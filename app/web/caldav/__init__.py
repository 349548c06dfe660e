"""CalDAV: a person's own tasks as a list that calendar programs read and tick (RFC 4791, 4918, 6578)."""
