"""Brings in what other trackers export: neutral rows, one reader for each tool."""
