"""The gate in front of everything, and the plain routes."""
