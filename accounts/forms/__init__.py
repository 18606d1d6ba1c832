"""Shapes of input of sign-in, users and roles."""
