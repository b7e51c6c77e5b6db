"""Who a session belongs to, and who may see it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Owner:
    """`key` is what the record stores of its owner: never a secret, at most the hash of one."""

    key: str


SHARED = Owner("shared")


@dataclass(frozen=True)
class Visitor:
    """Someone who asks for a session, with the owner keys that are theirs."""

    keys: frozenset[str]

    def may_see(self, owner: str) -> bool:
        return owner in self.keys


EVERYONE = Visitor(frozenset({SHARED.key}))
"""One trusted team: whoever reaches this server sees its shared sessions."""
