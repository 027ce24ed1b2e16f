"""HTTP for all apps: URL converters, uploads, downloads, weights in headers, bundles of static files."""
