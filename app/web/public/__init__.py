"""`/public/plans/<code>`: what everybody may read, the same for everybody: no session, no cookie, no form."""
