"""Backups that prove themselves: made in one snapshot, checked, kept by a rotation, and restored."""
