from datetime import date

from core.flow import findings, summary
from core.flow.calendar import weekday_trends
from core.flow.filter import ALL, Filter
from tests.logs import HEADER, opened

NOBODY = Filter(first=date(2030, 1, 1))
NAMES = dict(enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), 1))


def call(name: str, *nodes: str, menu: str = "1>2>3 1>4") -> str:
    """Rows of a call through the menu 1 > 2 > 3 and 1 > 4."""
    parents = dict(reversed(pair) for chain in menu.split() for pair in zip(*[iter_pairs(chain)] * 1, strict=True) for pair in pair)
    return "".join(f"{name},,{node},{parents.get(node, '0')},Item {node},\n" for node in nodes)
