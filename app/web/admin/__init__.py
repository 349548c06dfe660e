"""Administration: people, organisations, the plan's editorial text, jobs."""
