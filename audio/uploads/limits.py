from msgspec import Struct


class Limits(Struct, frozen=True, kw_only=True):
    """What one upload may cost; everything is counted by us, nothing is believed of what a file says of itself.

    libav's own `max_alloc` is a call of its library that PyAV does not make: `address_bytes` takes its place.
    """

    max_bytes: int = 64 * 1024 * 1024
    min_seconds: float = 1.0
    max_seconds: float = 45 * 60.0
    wall_seconds: float = 120.0
    cpu_seconds: int = 60
    address_bytes: int = 700_000_000


LIMITS = Limits()
