"""The Lambda functions, a package each.

A start makes tens of thousands of objects that stay, and Python would look through them for
garbage again and again. So it looks rarely: docs/decisions/0036-a-start-looks-for-no-garbage.md.
"""

import gc

_NEW_OBJECTS = 100_000
"""So many more are made than freed before they are looked through."""

gc.set_threshold(_NEW_OBJECTS)
