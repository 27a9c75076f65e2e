"""How much of a flow its stories go through: what is written in it, and how often it came true."""

from .coverage import Coverage, FlowCoverage
from .items import KINDS, Item, Kind

__all__ = ["KINDS", "Coverage", "FlowCoverage", "Item", "Kind"]
