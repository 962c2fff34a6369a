"""What players ask for."""


def single_ranges(size: int) -> list[tuple[str, int, int]]:
    """Return Range fields that a file of so many bytes is answered in part for, each with its start and length."""
    return [
        ("bytes=0-1", 0, 2),
        ("bytes=100-199", 100, 100),
        (f"bytes={size - 5}-", size - 5, 5),
        ("bytes=-7", size - 7, 7),
        (f"bytes=10-{size * 9}", 10, size - 10),
    ]
