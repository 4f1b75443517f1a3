"""The work: what the operator brought, what they consented to, and carrying it out. No Qt."""
