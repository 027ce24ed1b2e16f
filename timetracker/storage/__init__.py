"""Room and files on the disk of the server."""
