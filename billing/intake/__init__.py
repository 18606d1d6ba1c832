"""Excel imports that create contracts and orders."""
