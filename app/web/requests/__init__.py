"""Opening requests for activities that run on demand."""
