"""The dashboard and the page of discipline."""
