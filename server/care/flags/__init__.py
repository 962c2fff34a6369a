"""What a clinic knows of a client that decides what suits them: flags, dates, and what was agreed."""
