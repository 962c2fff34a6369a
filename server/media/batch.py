"""Rendering and checking everything at once, for the command line."""

import asyncio
from collections.abc import Callable, Collection, Iterable

from msgspec import Struct

from server.media.news import Finished
from server.media.schemas import Cut, Rendition, Unnarrated
from server.media.service import Media
from server.media.worker import listen
from server.media.workshop import sweep


class Tally(Struct, frozen=True, kw_only=True):
    """How many cuts were rendered just now, were there before, or failed; `unnarrated` have nothing to render."""

    rendered: int
    ready: int
    impossible: int
    unnarrated: Unnarrated


class Broken(Struct, frozen=True, kw_only=True):
    """A cut and the sentence of a promise that its rendition breaks."""

    cut: Cut
    rendition: Rendition
    fault: str


class Checked(Struct, frozen=True, kw_only=True):
    """How many renditions were listened to, what they break, and how many narrated cuts have none."""

    listened: int
    broken: tuple[Broken, ...]
    lacking: int


Progress = Callable[[int, int], None]
"""Hears how many cuts are done, and of how many."""


def render_all(media: Media, *, only: Collection[str] | None = None, progress: Progress | None = None) -> Tally:
    """Render what is missing in as many processes as `media` has; a second run finds nothing left to do.

    Args:
        media: not served by this process; another one may serve the same folder.
        only: slugs, None for every exercise.
        progress: called at the start and after each cut.

    Raises:
        KeyError: there is no exercise of a slug in `only`.
    """
    return asyncio.run(_render_all(media, only, progress or (lambda _done, _total: None)))


async def _render_all(media: Media, only: Collection[str] | None, progress: Progress) -> Tally:
    finished: list[Finished] = []
    media.queue.listeners.append(finished.append)
    sweep(media.place.folder)
    media.renditions.load()
    unnarrated = media.drafts.unnarrated(only)
    try:
        cuts = await media.put(only)
        total = len(media.queue.waiting) + len(finished)
        media.queue.listeners.append(lambda _: progress(len(finished), total))
        progress(len(finished), total)
        await asyncio.gather(*(media.queue.drain() for _ in range(media.workers.processes)))
    finally:
        await media.workers.stop()
    impossible = sum(each.outcome == "impossible" for each in finished)
    rendered = len(finished) - impossible
    return Tally(rendered=rendered, ready=cuts - len(finished), impossible=impossible, unnarrated=unnarrated)


def check_all(media: Media, *, only: Collection[str] | None = None, progress: Progress | None = None) -> Checked:
    """Listen to what is rendered and hold it against its records; the arguments are those of `render_all`.

    Raises:
        KeyError: there is no exercise of a slug in `only`.
    """
    return asyncio.run(_check_all(media, only, progress or (lambda _done, _total: None)))


async def _check_all(media: Media, only: Collection[str] | None, progress: Progress) -> Checked:
    media.renditions.load()
    # Cuts with the same words share a rendition, which is listened to once.
    cuts = {media.drafts.draft(cut).score: cut for cut in media.drafts.cuts(only) if media.drafts.is_narrated(cut)}
    heard = [(cut, rendition) for score, cut in cuts.items() if (rendition := media.renditions.made(score))]
    broken: list[Broken] = []
    done = 0

    async def check(cut: Cut, rendition: Rendition) -> None:
        nonlocal done
        found = await media.workers.call(listen, media.place, media.studio, rendition.recipe)
        broken.extend(Broken(cut=cut, rendition=rendition, fault=fault) for fault in found)
        done += 1
        progress(done, len(heard))

    try:
        await asyncio.gather(*(check(cut, rendition) for cut, rendition in heard))
    finally:
        await media.workers.stop()
    return Checked(listened=len(heard), broken=tuple(broken), lacking=len(cuts) - len(heard))


def withdraw(media: Media, broken: Iterable[Broken]) -> None:
    """Take renditions that break a promise out of the store; the next render makes them again, or refuses them."""
    for rendition in {each.rendition.recipe: each.rendition for each in broken}.values():
        media.store.remove(rendition)
        media.renditions.forget(rendition)
