"""Somebody's own recording: taken in by `receive`, within `Limits`, or refused with an `UploadError`."""
