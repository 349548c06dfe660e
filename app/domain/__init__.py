"""Pure rules: dates, lateness, discipline, indicators, rights, errors; no web, no database, no clock."""
