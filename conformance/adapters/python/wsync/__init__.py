"""A client of wormhole-sync/1: both roles."""

from .config import Config
from .events import UserEvent
from .initiator import Initiator
from .outcome import Outcome, Result
from .receiver import Receiver

__all__ = ["Config", "Initiator", "Outcome", "Receiver", "Result", "UserEvent"]
