from prometheus_client import CollectorRegistry, Gauge

from server.media.service import Media


def watch(media: Media, registry: CollectorRegistry) -> None:
    """Show in the metrics how many cuts wait to be rendered, and how many renditions there are."""
    Gauge("audio_cuts_waiting", "Cuts that wait to be rendered.", registry=registry).set_function(
        lambda: len(media.queue.waiting)
    )
    Gauge("audio_renditions", "Renditions there are in the store.", registry=registry).set_function(
        lambda: len(media.renditions)
    )
