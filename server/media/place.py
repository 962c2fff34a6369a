"""Where audio is made, where it is kept, and who sends it."""

from datetime import timedelta
from pathlib import Path

from msgspec import Struct
from obstore.store import S3Store

from server.media.store import AudioStore, local_store


class Place(Struct, frozen=True, kw_only=True):
    """A folder of this machine to make audio in; it is kept there, too, or in a bucket (`s3://name/prefix`).

    `accel` is under which prefix a proxy in front has the folder, where the proxy is to send the files.
    """

    folder: Path
    bucket: str = ""
    accel: str = ""

    def store(self) -> AudioStore:
        """Open the store. Credentials, region and endpoint of a bucket are in the usual AWS_ variables."""
        if not self.bucket:
            return local_store(self.folder)
        return AudioStore(
            S3Store.from_url(self.bucket, retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=10)})
        )
