"""Forms, which parse typed text into the fields of the domain. They do not repeat the domain's validation."""
