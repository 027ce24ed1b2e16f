"""A worker for gunicorn in which no thread waits for a slow client to send or read bytes."""
