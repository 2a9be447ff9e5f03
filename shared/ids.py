"""The names under which the portal's things are known, as types."""

from typing import NewType

AccountId = NewType("AccountId", str)
"""32 hexadecimal digits, drawn at confirmation."""

PatientId = NewType("PatientId", str)
"""Keyed HMAC of the policy number: one person, one id, however many accounts claim them."""

EmailKey = NewType("EmailKey", str)
"""Keyed HMAC of the e-mail address in its compared form."""

DeskLogin = NewType("DeskLogin", str)
"""Whom the desk's user is called: lower-case letters, digits and hyphens."""

DocumentId = NewType("DocumentId", str)
"""The patient's id, a point and 16 hexadecimal digits drawn when the document is promised."""

DistrictId = NewType("DistrictId", str)
"""Chosen by the desk: lower-case letters, digits and hyphens, such as `a1`."""

SlotId = NewType("SlotId", str)
"""`<district>.<day>.<ordinal>.<HHMM>`; see `tickets.SlotPlace`."""

TicketId = NewType("TicketId", str)
"""The patient's id, a point and 16 hexadecimal digits drawn at booking."""
