"""Deputies: who acts for a person that is away, named at its account or in the administration."""
