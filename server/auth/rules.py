from datetime import timedelta
from typing import Final

# How long after proving again who they are somebody may do what needs it (`security.md`, Signing in).
STEP_UP_LIFE: Final = timedelta(minutes=5)
