_SENTENCES = {
    "empty": "The file is empty.",
    "unknown_format": "This is no sound file that can be read: WAV, FLAC, MP3, M4A, Ogg, WebM, AIFF or CAF.",
    "too_large": "The file is too large.",
    "too_long": "The recording is too long.",
    "too_short": "The recording is too short.",
    "video": "The file holds a video; send the sound alone.",
    "no_sound": "The file holds no sound.",
    "several_streams": "The file holds several recordings at once; send one.",
    "codec": "The sound is packed in a way that cannot be read; export it as WAV, FLAC or M4A.",
    "channels": "The recording must be mono or stereo, the same throughout.",
    "sample_rate": "The recording must have between 8,000 and 192,000 samples a second, the same throughout.",
    "damaged": "The file is damaged or cut off; export it again.",
    "silent": "Nothing can be heard in the recording.",
    "uneven": "The recording cannot be brought to an even loudness; record it again, a little closer.",
    "took_too_long": "Reading the file took too long; export it as WAV, FLAC or M4A.",
    "out_of_memory": "Reading the file needed too much memory; export it as WAV, FLAC or M4A.",
}
CODES = frozenset(_SENTENCES)


class UploadError(Exception):
    """A recording that is not taken in: a stable code, and a sentence for who sent it with nothing from the file."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(_SENTENCES[code])
