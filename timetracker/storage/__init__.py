"""Free space, private files and ZIPs."""
