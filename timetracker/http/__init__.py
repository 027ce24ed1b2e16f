"""What comes and goes over HTTP: addresses, uploads, downloads, encodings, bundles of static files."""
