"""By which door a file leaves: from this process, by the proxy in front, or from a bucket."""

from datetime import timedelta
from functools import partial

from server.media.schemas import StoredFile
from server.media.service import Media
from server.media.store import file_name
from server.web.elsewhere import HandedOver, SentElsewhere
from server.web.ranges import FileReply, RangedReply

# Longer than anybody listens without a break: a player asks the signed address for each part, as it goes on.
SIGNED_FOR = timedelta(hours=2)
KEPT_FOR = timedelta(hours=1)


async def reply_with(media: Media, file: StoredFile) -> FileReply:
    """Return what answers a file that is there.

    Raises:
        Unavailable: it is in a bucket, and no address of it can be signed.
    """
    etag = f'"{file.sha256}"'
    if media.place.bucket:
        address = await media.signed(file.sha256, SIGNED_FOR)
        max_age = int(KEPT_FOR.total_seconds())
        return SentElsewhere(address, size=file.bytes, etag=etag, media_type=file.media_type, max_age=max_age)
    if media.place.accel:
        location = media.place.accel + file_name(file.sha256)
        return HandedOver(location, size=file.bytes, etag=etag, media_type=file.media_type)
    opened = partial(media.store.open, file.sha256)
    return RangedReply(opened, size=file.bytes, etag=etag, media_type=file.media_type)
