"""Backups: made from one snapshot of the database, checked, rotated, and restored."""
