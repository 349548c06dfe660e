"""Measurements: ratios beside a bare Flask page on the same server, in one run. `make bench`."""
