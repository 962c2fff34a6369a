from typing import NewType

# What `server.vault` has sealed: a column of this type holds no readable text.
Sealed = NewType("Sealed", bytes)
