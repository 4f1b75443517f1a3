"""How fast Cancel Desk is, beside what a colleague would use instead: `make bench`."""
