"""The only writers of users, roles and the guards of the sign-in."""
