"""Which role a column's name speaks for, as people name columns in English, German, Spanish, French and Hebrew."""

import re
import unicodedata
from typing import NamedTuple

from core.ingest.mapping import Role

CLASSIC = {
    "call_id": Role.CALL,
    "call_date": Role.TIMESTAMP,
    "rule_id": Role.NODE,
    "rule_parent_id": Role.PARENT,
    "rule_text": Role.LABEL,
    "popUpURL": Role.URL,
}
"""The columns of the classic export."""

# Of two columns that speak for one role, the one whose name stands first here has it.
_USUAL = {
    Role.CALL: "case concept name, call, case, session, visit, conversation, interaction, contact, journey, trace, "
    "case ref, call sid, contact session, "
    "anruf, vorgang, vorgangs, fall, sitzung, sitzungs, besuch, besuchs, gespräch, gesprächs, kontakt, "
    "llamada, caso, sesión, visita, conversación, "
    "appel, cas, dossier, séance, visite, "
    "שיחה, פנייה, פניה, מקרה, ביקור",
    Role.NODE: "node, rule, activity, concept name, event, page, screen, step, action, menu item, menu option, menu, "
    "activity name, event name, event type, page name, page path, screen name, step name, option, prompt, "
    "knoten, aktivität, ereignis, schritt, seite, menüpunkt, aktion, "
    "nodo, actividad, evento, paso, página, pantalla, acción, opción, "
    "nœud, noeud, activité, événement, étape, écran, action menu, "
    "צומת, פעילות, אירוע, שלב, צעד, דף, מסך, פעולה, תפריט",
    Role.PARENT: "parent, node parent, rule parent, parent node, parent item, parent menu, parent rule, "
    "übergeordnet, elternknoten, padre, nodo padre, nœud parent, הורה, צומת אב, אב",
    Role.LABEL: "label, rule text, node label, node text, node name, node title, rule name, text, title, "
    "bezeichnung, titel, etiqueta, título, libellé, étiquette, titre, תווית, כותרת, תיאור, טקסט",
    Role.URL: "url, link, pop up url, popup url, page url, href, web address, enlace, lien, verweis, קישור, כתובת אתר",
    Role.TIMESTAMP: "timestamp, time timestamp, event timestamp, event time, step time, date time, start timestamp, "
    "start time, time, at, when, call date time, call time, call date, date, created at, complete timestamp, "
    "end time, "
    "zeitstempel, zeitpunkt, datum uhrzeit, zeit, uhrzeit, datum, anrufdatum, "
    "marca de tiempo, fecha hora, fecha y hora, hora, fecha, "
    "horodatage, date heure, date et heure, heure, "
    "חותמת זמן, תאריך ושעה, תאריך שעה, מועד, זמן, שעה, תאריך, תאריך שיחה",
    Role.OUTCOME: "outcome, call outcome, result, call result, disposition, resolution, end reason, hangup reason, "
    "ergebnis, ausgang, abschlussgrund, resultado, desenlace, résultat, issue, תוצאה, תוצאת שיחה, סיום שיחה",
    Role.CUSTOMER: "customer, client, caller, user, patient, subscriber, member, visitor, "
    "kunde, kunden, kundin, anrufer, nutzer, benutzer, cliente, usuario, abonado, paciente, "
    "appelant, utilisateur, abonné, לקוח, מתקשר, משתמש, מטופל, מנוי",
    Role.AGENT: "agent, employee, operator, org resource, resource, representative, staff, worker, "
    "mitarbeiter, bearbeiter, sachbearbeiter, agente, operador, empleado, "
    "employé, opérateur, conseiller, נציג, סוכן, עובד, מוקדן",
    Role.QUEUE_WAIT: "queue wait, wait, waits, waiting time, wait time, queue time, time in queue, "
    "wartezeit, tiempo de espera, espera, temps d attente, attente, זמן המתנה, המתנה",
    Role.HANDLE_TIME: "handle time, handling time, talk time, aht, "
    "bearbeitungszeit, gesprächsdauer, tiempo de atención, tiempo de gestión, temps de traitement, "
    "זמן טיפול, משך טיפול",
    Role.ERROR: "error, errors, error code, error message, fehler, fehlercode, erreur, שגיאה, תקלה",
    Role.LIFECYCLE: "lifecycle transition, lifecycle, transition, registration type, life cycle, event lifecycle, "
    "lebenszyklus, ciclo de vida, cycle de vie, מחזור חיים",
    Role.INSTANCE: "concept instance, activity instance, activity instance identifier, step instance, instance",
}
_LAST_RESORT = (
    "patient, order, ticket, claim, application, request, incident, invoice, document, process, customer, client, "
    "user, visitor, caller, bestellung, auftrag, pedido, solicitud, commande, demande, הזמנה, בקשה"
)
_OF_A_MENU = {
    Role.NODE: "item, option, key, code, id, eintrag, clave, élément, פריט",
    Role.LABEL: "name, description, beschreibung, nombre, descripción, nom, description, שם",
}
_ENDS = (
    "end, end time, end timestamp, end date time, end at, ended, ended at, finish, finish time, finished at, complete, "
    "complete time, complete timestamp, completed at, stop, stop time, ende, endzeit, enduhrzeit, hora fin, fin, "
    "fecha fin, hora de fin, heure fin, date fin, סיום, שעת סיום, זמן סיום"
)
_ID = (
    "n id ids uid uuid guid no nr num number key code ref kennung nummer numero identifiant identificador מזהה מספר קוד"
)
_ROW = "row line index sequence record entry event zeile datensatz ereignis fila evento ligne événement שורה אירוע"
_BETWEEN = "of the der des de del du la el le"
_COMPOUND = re.compile(r"(?<=..)s?(nummer|kennung|nr)$")  # German writes the number of a thing as one word
_NAME = "name nombre nom שם"
_WEAK = 9  # a greater loss than that of any way of leaving words out
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_UNIT = "s sec secs second seconds sek sekunden segundos secondes שניות"


class Match(NamedTuple):
    """How well a name speaks for a role: `loss` is 0 for the very words, more where words had to be left out."""

    role: Role
    loss: int
    place: int


def match(name: str) -> Match | None:
    """The role that a column named `name` speaks for; None where it speaks for none."""
    return _match(name, _BY_WORDS)


def match_in_menu(name: str) -> Match | None:
    """The same in a file that describes a menu, where "id" and "name" alone say something too."""
    found = match(name)
    if found is None and (alone := _BY_WORDS_IN_MENU.get("".join(words(name)))):
        return Match(alone[0], _WEAK, alone[1])
    return found


def may_count_rows(name: str) -> bool:
    """Whether a column named `name`, such as "id" or "row no" but not "call_id", may well count the rows."""
    return _COUNTING.issuperset(words(name))


def last_resort(name: str) -> int | None:
    """How near a column named `name`, such as "patient", is to a call where no other is; 0 is nearest."""
    found = _match(name, _BY_LAST_RESORT)
    return found.place if found else None


def is_end(name: str) -> bool:
    """Whether a column named `name` speaks for when something ended."""
    return _match(name, _BY_ENDS) is not None


def _match(name: str, known: dict[str, tuple[Role, int]]) -> Match | None:
    given = words(name)
    plain = [_COMPOUND.sub("", word) for word in given if word not in _ID_WORDS]
    ways = (
        given,
        plain,
        [word for word in given if word not in _UNIT_WORDS],
        [word.removeprefix("ה") for word in plain],  # the Hebrew article
        [word for word in plain if word not in _NAME_WORDS],
    )
    for loss, kept in enumerate(ways):
        if found := known.get("".join(kept)):
            return Match(found[0], loss, found[1])
    return None


def words(name: str) -> list[str]:
    """The words of a name, without case and accents: "popUpURL" and "case:concept:name" have three."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    letters = unicodedata.normalize("NFKD", apart.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.findall(r"[^\W_]+", plain.replace("œ", "oe"))


def _known(names: dict[Role, str]) -> dict[str, tuple[Role, int]]:
    found: dict[str, tuple[Role, int]] = {}
    for role, listed in names.items():
        for place, name in enumerate(listed.split(", ")):
            for spelled in (name, name.translate(_UMLAUTS)):
                found.setdefault("".join(words(spelled)), (role, place))
    return found


_ID_WORDS, _NAME_WORDS, _UNIT_WORDS = (frozenset(words(text)) for text in (f"{_ID} {_BETWEEN}", _NAME, _UNIT))
_COUNTING = frozenset(words(f"{_ID} {_ROW}"))
_BY_WORDS = _known(_USUAL)
_BY_WORDS_IN_MENU = _known(_OF_A_MENU)
_BY_ENDS = _known({Role.END: _ENDS})
_BY_LAST_RESORT = _known({Role.CALL: _LAST_RESORT})
