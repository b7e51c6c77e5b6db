"""Jobs of sessions, each in a child process of its own. Knows no domain: what a job does is handed in."""

from core.jobs.runner import Runner
from core.jobs.worker import Kind, Reporter, work

__all__ = ["Kind", "Reporter", "Runner", "work"]
