"""Imports of 业主, and the words that all imports of people and places share."""
