"""The master key of an installation is that of its database, or nothing begins.

A second machine without the key would make one of its own: what it sealed could be read nowhere else, and every chain would seem forged.
"""

from sqlalchemy import select

from history.models import StreamHead
from history.sealing import Keyring
from problems import Conflict
from storage.unit_of_work import Reading


class NotTheKeyOfThisDatabase(Conflict):
    """De sleutel (master.key) in de map van de gegevens hoort niet bij deze databank. Zet er de sleutel van het kantoor; elke machine heeft dezelfde."""


def require(reading: Reading, keyring: Keyring) -> None:
    """Refuse with NotTheKeyOfThisDatabase when this key does not open what is sealed here. One look at one chain."""
    sealed = select(StreamHead.stream, StreamHead.wrapped_key).where(StreamHead.wrapped_key.is_not(None)).limit(1)
    found = reading.session.execute(sealed).first()
    if found is not None and not keyring.opens(found.wrapped_key, found.stream):
        raise NotTheKeyOfThisDatabase
