"""The studio: knows sound, knows nothing of exercises, people, HTTP or SQL."""
