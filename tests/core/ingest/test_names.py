"""What a column's name says, in several languages."""

import pytest

from core.ingest import names
from core.ingest.mapping import Role


@pytest.mark.parametrize(
    ("role", "listed"),
    [
        (
            Role.CALL,
            "Case ID, session-id, callId, case:concept:name, Anruf-Nr, Vorgangsnummer, Gesprächs ID, id_llamada",
        ),
        (Role.CALL, "Número de caso, ID appel, N° dossier, מזהה שיחה, מספר השיחה, conversationId, Contact ID"),
        (
            Role.NODE,
            "Activity, concept:name, rule_id, page, Aktivität, Aktivitaet, Schritt, Menüpunkt, actividad, paso",
        ),
        (Role.NODE, "étape, ACTIVITÉ, שלב, קוד שלב, menuItem, screen_name, activity name"),
        (
            Role.TIMESTAMP,
            "time:timestamp, Complete Timestamp, Zeitstempel, Datum, fecha y hora, Horodatage, תאריך ושעה",
        ),
        (Role.CUSTOMER, "customerId, client no, Kundennummer, id cliente, abonné, מספר לקוח, user_id"),
        (Role.AGENT, "org:resource, employee, agent_name, Mitarbeiter, Sachbearbeiter, empleado, Opérateur, שם נציג"),
        (Role.OUTCOME, "Outcome, call_result, Ergebnis, resultado, résultat, תוצאה"),
        (Role.QUEUE_WAIT, "queue_wait_s, wait time (sec), Wartezeit, tiempo de espera, temps d'attente, זמן המתנה"),
        (Role.HANDLE_TIME, "handle_time_s, AHT, Bearbeitungszeit, זמן טיפול"),
        (Role.LIFECYCLE, "lifecycle:transition, Lifecycle"),
        (Role.INSTANCE, "concept:instance, activity_instance_id"),
        (Role.PARENT, "parent, rule_parent_id, ParentId, padre, הורה"),
        (Role.LABEL, "rule_text, label, node_name, Bezeichnung, libellé, תווית"),
        (Role.URL, "popUpURL, link, page_url, enlace, קישור"),
    ],
)
def test_usual_names_speak_for_their_role(role: Role, listed: str) -> None:
    for name in listed.split(", "):
        found = names.match(name)
        assert found is not None and found.role is role, name


@pytest.mark.parametrize("name", ["weather", "id", "name", "Variant index", "x", "", "column 3", "caseload", "קוד"])
def test_other_names_speak_for_none(name: str) -> None:
    assert names.match(name) is None


def test_a_name_that_needs_no_word_left_out_goes_first() -> None:
    exact, shortened = names.match("call"), names.match("call number")
    assert exact is not None and shortened is not None
    assert exact.loss < shortened.loss


def test_in_a_menu_an_id_and_a_name_alone_say_something() -> None:
    found = {
        name: match.role for name in ("id", "name", "Beschreibung", "parent") if (match := names.match_in_menu(name))
    }
    assert found == {"id": Role.NODE, "name": Role.LABEL, "Beschreibung": Role.LABEL, "parent": Role.PARENT}
