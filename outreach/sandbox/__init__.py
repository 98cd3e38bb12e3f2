"""Local stand-ins for the vendors, over real HTTP on loopback. Importing this imports aiohttp."""

from outreach.sandbox.faults import Fault, FaultKind
from outreach.sandbox.server import SandboxServer, run_forever

__all__ = ["Fault", "FaultKind", "SandboxServer", "run_forever"]
