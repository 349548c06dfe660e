"""Every route × method × actor × object: what is whose, valid forms, and the walk over them."""
