"""What all apps share for the database: the SQLite queue, snapshots, ids and errors."""
