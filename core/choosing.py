"""What a person chooses of how the files of a session are read: changed in the session, remembered for later ones."""

from collections.abc import Callable, Collection, Mapping

from core.errors import MappingIncomplete
from core.habits import Habits
from core.ingest import mapping
from core.ingest.mapping import Content, Role
from core.plan import (
    check_not_fixed,
    header_groups,
    mapping_of,
    with_content,
    with_date_format,
    with_roles,
    with_zone,
    without_choices,
)
from core.privacy import hiding, pseudonymised
from core.sessions import Session, SessionStore, Visitor


class Choosing:
    """The choices for files with one header, by its key, or for all of them; each raises as `Service` does."""

    def __init__(self, store: SessionStore, habits: Habits) -> None:
        self.store = store
        self.habits = habits

    def set_role(self, session_id: str, key: str, column: str, role: Role, *, by: Visitor) -> Session:
        """Mark `column` as `role` in the files whose header has `key`. Raises MappingIncomplete for no such column."""
        return self.set_column_roles(session_id, key, {column: role}, by=by)

    def set_column_roles(self, session_id: str, key: str, wanted: Mapping[str, Role], *, by: Visitor) -> Session:
        """`set_role` for several columns at once, `wanted` being column -> role."""

        def changed(session: Session) -> Session:
            (group,) = (group for group in header_groups(session) if group.key == key)
            for column, role in wanted.items():
                mapping.with_role(mapping_of(session, group), column, role)
            return with_roles(session, key, wanted)

        return self._choose(session_id, changed, by, key)

    def set_roles(self, session_id: str, wanted: dict[str, str], *, by: Visitor) -> Session:
        """Set roles by hand in every header that has the columns, `wanted` being role -> column.

        Raises ThroughlineError for a role that is not known or a column that no file has.
        """

        def change(session: Session) -> Session:
            found = header_groups(session)
            everywhere = tuple(column.name for group in found for column in group.columns)
            for role, column in wanted.items():
                if column not in everywhere:
                    raise MappingIncomplete(role, everywhere)
            for group in found:
                names = {column.name for column in group.columns}
                fitting = {role: column for role, column in wanted.items() if column in names}
                changed = mapping.overridden(mapping_of(session, group), fitting)
                chosen = {column: changed.roles[column] for column in fitting.values()}
                session = with_roles(session, group.key, chosen) if chosen else session
            return session

        return self._everywhere(session_id, change, by)

    def set_pseudonyms(self, session_id: str, key: str, wanted: Mapping[str, bool], *, by: Visitor) -> Session:
        """Have pseudonyms stand for the values of columns, or not, `wanted` being column -> whether.

        Of the files whose header has `key`. Raises ThroughlineError where a column's values are needed as they are.
        """

        def changed(session: Session) -> Session:
            (group,) = (group for group in header_groups(session) if group.key == key)
            return pseudonymised(session, group, wanted)

        return self._choose(session_id, changed, by, key)

    def hide(self, session_id: str, replaced: Collection[str], left_out: Collection[str], *, by: Visitor) -> Session:
        """Have pseudonyms stand for columns, and leave columns out, in every header that has them.

        Raises ThroughlineError where a column's values are needed as they are, or no file has it.
        """
        return self._everywhere(session_id, lambda session: hiding(session, replaced, left_out), by)

    def set_date_format(self, session_id: str, key: str, date_format: str, *, by: Visitor) -> Session:
        return self._choose(session_id, lambda session: with_date_format(session, key, date_format), by, key)

    def set_zone(self, session_id: str, zone: str, *, by: Visitor) -> Session:
        """Tell days and hours by the clocks of a time zone, "" for none. Raises ThroughlineError for an unknown one."""
        return self._change_reading(session_id, lambda session: with_zone(session, zone), by)

    def set_content(self, session_id: str, key: str, content: Content, *, by: Visitor) -> Session:
        """Say what the files whose header has `key` hold: calls, or the menu."""
        return self._choose(session_id, lambda session: with_content(session, key, content), by, key)

    def forget_choices(self, session_id: str, key: str, *, by: Visitor) -> Session:
        """Go back to what is guessed for the files whose header has `key`, here and in later sessions."""
        return self._choose(session_id, lambda session: without_choices(session, key), by, key)

    def _choose(self, session_id: str, change: Callable[[Session], Session], by: Visitor, key: str) -> Session:
        """Change the choices for a header, where the session has it, and remember them for the next session."""

        def changed(session: Session) -> Session:
            return change(session) if key in {group.key for group in header_groups(session)} else session

        session = self._change_reading(session_id, changed, by)
        self.habits.remember(session, key)
        return session

    def _everywhere(self, session_id: str, change: Callable[[Session], Session], by: Visitor) -> Session:
        """Change the choices for all headers, and remember them for the next session."""
        session = self._change_reading(session_id, change, by)
        for group in header_groups(session):
            self.habits.remember(session, group.key)
        return session

    def _change_reading(self, session_id: str, change: Callable[[Session], Session], by: Visitor) -> Session:
        """Change how files are read, where that can still be chosen."""

        def changed(session: Session) -> Session:
            check_not_fixed(session)
            return change(session)

        return self._change(session_id, changed, by)

    def _change(self, session_id: str, change: Callable[[Session], Session], by: Visitor) -> Session:
        self.store.owned(session_id, by=by)
        return self.store.update(session_id, change)
