"""Pages of sign-in, users and roles."""
