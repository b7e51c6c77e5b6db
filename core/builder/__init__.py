"""Charts of any table that a person puts together."""

from core.builder.data import Drawn, data
from core.builder.draft import HOW, KINDS, Draft, Field, Sort, fields_of
from core.builder.suggest import suggestions

__all__ = ["HOW", "KINDS", "Draft", "Drawn", "Field", "Sort", "data", "fields_of", "suggestions"]
