"""What a problem says, without the id that every answer has anew."""

import httpx


def words(answer: httpx.Response) -> str:
    """Return the text of a problem without its request id, which is random and holds any short word in time."""
    return answer.text.replace(answer.headers["x-request-id"], "")
