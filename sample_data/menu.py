"""The clinic's phone menu: one tree, spoken in English and in Hebrew."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

Ends = Literal["self_service", "agent", "callback"]

ENGLISH, HEBREW = 0, 1

LAB_RESULTS = "200"
BLOOD_TEST = "210"
NOT_READY = "212"
VISIT_PRICE = "310"
CLINICS = "400"
JERUSALEM = "410"
FLU_VACCINE = "610"
TRAVEL = "620"
FAX = "800"
VIDEO = "850"
REPRESENTATIVE = "900"
STAFF = "970"

MENU_CHANGE = date(2026, 5, 1)


@dataclass(frozen=True)
class Item:
    """A menu item with its label in each language; an empty label means that the language lacks it."""

    number: str
    weight: int
    labels: tuple[str, str]
    children: tuple["Item", ...]
    ends: Ends
    leave: float
    seconds: int
    url: str
    since: date
    until: date


def item(
    number: str,
    weight: int,
    english: str,
    hebrew: str,
    *,
    ends: Ends = "self_service",
    leave: float = 0.05,
    seconds: int = 0,
    url: str = "",
    since: date = date.min,
    until: date = date.max,
) -> Item:
    """Make an item.

    The weight is how often it is chosen among its siblings (0: never), `ends` how a call ends that hears it
    out, `leave` the share of callers who hang up there although the menu goes on, `seconds` how long its
    prompt is (0: as long as its label), `until` the first day without it.
    """
    return Item(number, weight, (english, hebrew), (), ends, leave, seconds, url, since, until)


def branch(top: Item, *children: Item) -> Item:
    """Return an item with these below it."""
    return replace(top, children=children)


MENU = branch(
    item("", 1, "Welcome to the clinic helpline", "ברוכים הבאים למוקד המרפאה", leave=0.03),
    branch(
        item("100", 28, "Appointments", "קביעת תורים"),
        branch(
            item("110", 11, "Family doctor", "רופא משפחה"),
            branch(
                item("111", 7, "Earliest free appointment", "התור הפנוי הקרוב"),
                item("112", 5, "In the morning", "בבוקר", url="book.example.com/morning"),
                item("113", 4, "In the afternoon", "אחר הצהריים", url="book.example.com/afternoon"),
            ),
            branch(
                item("114", 3, "Choose a doctor", "בחירת רופא"),
                item("115", 1, "Book on our website", "קביעת תור באתר", url="book.example.com/doctors"),
            ),
        ),
        item("120", 5, "Children's doctor", "רופא ילדים", url="book.example.com/children"),
        branch(
            item("130", 7, "Specialists", "רופאים מומחים", leave=0.12),
            item("131", 4, "Eye clinic", "מרפאת עיניים", ends="agent"),
            item("132", 4, "Skin clinic", "מרפאת עור", ends="agent"),
            branch(
                item("133", 3, "Orthopaedics", "אורתופדיה"),
                branch(
                    item("134", 3, "Fracture follow-up", "מעקב אחר שבר"),
                    item("135", 2, "Bring the X-rays of the last visit", "יש להביא צילומים מהביקור האחרון"),
                    item("136", 1, "Cast removal", "הורדת גבס", ends="agent"),
                ),
            ),
            item("139", 0, "", "דיאטנית"),
        ),
        branch(
            item("140", 6, "Change or cancel an appointment", "שינוי או ביטול תור"),
            item("141", 4, "Cancel the appointment", "ביטול התור"),
            item("142", 3, "Move to another day", "העברה ליום אחר", ends="agent"),
        ),
        item("150", 3, "Confirm an appointment", "אישור הגעה לתור"),
        branch(
            item("160", 0, "", "ביקורי בית"),
            item("161", 1, "", "הזמנת ביקור בית"),
        ),
    ),
    branch(
        item(LAB_RESULTS, 24, "Lab results", "תוצאות בדיקות"),
        branch(
            item(BLOOD_TEST, 14, "Blood test", "בדיקת דם"),
            item(
                "211",
                8,
                "The results are ready: view them online",
                "התוצאות מוכנות: צפייה באתר",
                url="results.example.org/blood",
            ),
            item(NOT_READY, 5, "The results are not ready yet", "התוצאות עדיין לא מוכנות"),
            item("213", 2, "Talk to a nurse about the results", "שיחה עם אחות על התוצאות", ends="agent"),
        ),
        branch(
            item("220", 5, "Throat swab", "משטח גרון"),
            item("221", 1, "View online", "צפייה באתר", url="results.example.org/swab"),
        ),
        branch(
            item("230", 3, "Urine test", "בדיקת שתן"),
            item("231", 1, "View online", "צפייה באתר", url="results.example.org/urine"),
        ),
        branch(
            item("240", 5, "X-ray and ultrasound", "רנטגן ואולטרסאונד"),
            item("241", 3, "Get the images", "קבלת הצילומים", url="results.example.org/images"),
            item("242", 2, "No report after three days", "אין פענוח אחרי שלושה ימים", ends="agent"),
        ),
        item("250", 0, "Genetic tests", ""),
    ),
    branch(
        item("300", 16, "Payments and prices", "תשלומים ומחירים"),
        branch(
            item(VISIT_PRICE, 10, "Visit price", "מחיר ביקור", leave=0.37, seconds=26),
            item("311", 6, "Health fund members: 38 NIS", 'חברי קופת חולים: 38 ש"ח'),
            item("312", 3, "Without a health fund: 420 NIS", 'ללא קופת חולים: 420 ש"ח'),
            item("313", 2, "Tourists: 520 NIS, by card only", ""),
            item("314", 2, "", 'חיילים בשירות סדיר: 120 ש"ח'),
        ),
        branch(
            item("320", 4, "Pay a bill", "תשלום חשבון"),
            item("321", 4, "Pay by card online", "תשלום באתר בכרטיס אשראי", url="pay.example.com/bill"),
        ),
        item("330", 2, "Refunds", "החזרים", ends="agent"),
        item("340", 2, "", "קבלות ואישורי מס", url="pay.example.com/receipts"),
    ),
    branch(
        item(CLINICS, 12, "Clinics and opening hours", "מרפאות ושעות פתיחה"),
        branch(
            item(JERUSALEM, 4, "Jerusalem", "ירושלים"),
            item("411", 3, "Opening hours", "שעות פתיחה"),
            item("412", 1, "Address and parking", "כתובת וחנייה", url="maps.example.org/jerusalem"),
        ),
        branch(
            item("420", 5, "Tel Aviv", "תל אביב"),
            item("421", 3, "Opening hours ", "שעות פתיחה"),
            item("422", 2, "Address and parking", "כתובת וחנייה", url="maps.example.org/tel-aviv"),
        ),
        branch(
            item("430", 3, "Haifa", "חיפה"),
            item("431", 3, "Opening Hours", "שעות פתיחה "),
            item("432", 1, "Address and parking", "כתובת וחנייה", url="maps.example.org/haifa"),
        ),
    ),
    branch(
        item("500", 10, "Prescriptions", "מרשמים"),
        branch(
            item("510", 7, "Renew a prescription", "חידוש מרשם"),
            branch(
                item("511", 5, "A medicine you take regularly", "תרופה קבועה"),
                item("512", 4, "Send it to my pharmacy", "שליחה לבית המרקחת שלי"),
                item("513", 2, "Pick it up at the clinic", "איסוף מהמרפאה"),
            ),
            item("514", 2, "Another medicine", "תרופה אחרת", ends="agent"),
        ),
        item("520", 2, "Nearest pharmacy", "בית המרקחת הקרוב", url="maps.example.org/pharmacies"),
    ),
    branch(
        item("600", 6, "Vaccines and travel", "חיסונים ומטיילים"),
        item(FLU_VACCINE, 3, "Flu vaccine", "חיסון נגד שפעת"),
        branch(
            item(
                TRAVEL,
                3,
                "Travel clinic: by appointment only, at least four weeks before the flight",
                "מרפאת מטיילים: בתיאום מראש בלבד, לפחות ארבעה שבועות לפני הטיסה",
                seconds=75,
            ),
            item("621", 3, "Vaccine prices", "מחירון חיסונים", url="travel.example.com/prices"),
            item("622", 2, "Book travel advice", "קביעת ייעוץ למטיילים", ends="agent"),
            item("623", 0, "Yellow fever certificate", "תעודת חיסון נגד קדחת צהובה"),
        ),
    ),
    branch(
        item("700", 6, "Medical records", "תיק רפואי"),
        item("710", 4, "Visit summary", "סיכום ביקור", url="records.example.org/summary"),
        item("720", 2, "Copy of the medical record", "העתק של התיק הרפואי", url="records.example.org/copy"),
        item("730", 3, "", "אישור מחלה"),
    ),
    branch(
        item(FAX, 4, "Send a fax", "שליחת פקס", until=MENU_CHANGE),
        item("810", 3, "Fax number", "מספר הפקס"),
        item("820", 1, "Did my fax arrive?", "האם הפקס התקבל?", ends="agent"),
    ),
    branch(
        item(VIDEO, 8, "Video visit", "ביקור וידאו", since=MENU_CHANGE),
        item("851", 5, "Book a video visit", "קביעת ביקור וידאו", url="video.example.com/book"),
        item("852", 2, "Technical help", "עזרה טכנית", ends="agent"),
        item("853", 2, "", "במה אפשר לטפל בווידאו"),
    ),
    item(REPRESENTATIVE, 7, "Speak to a representative", "שיחה עם נציג", ends="agent"),
    item("950", 2, "Leave a number for a call back", "השארת מספר לשיחה חוזרת", ends="callback"),
    item(STAFF, 1, "Pharmacies and medical staff", "בתי מרקחת וצוות רפואי", ends="agent"),
)

# Someone typed these two by hand, one of them with zeros.
OWN_IDS = {(STAFF, ENGLISH): "7", (STAFF, HEBREW): "007"}

# The English label was changed and the node kept its id.
RENAMED = {"1" + FLU_VACCINE: (date(2026, 4, 15), "Flu and COVID-19 vaccines")}


@dataclass(frozen=True)
class Node:
    """A menu item in one language, as the log knows it."""

    id: str
    parent: str
    label: str
    language: int
    item: Item
    children: tuple["Node", ...]

    def label_on(self, day: date) -> str:
        """Return the label that callers heard on a day."""
        renamed_on, label = RENAMED.get(self.id, (date.max, ""))
        return label if day >= renamed_on else self.label

    def open_on(self, day: date) -> bool:
        """Return whether the menu had the node on a day."""
        return self.item.since <= day < self.item.until

    def within(self) -> Iterator["Node"]:
        """Yield the node and all that is below it."""
        yield self
        for child in self.children:
            yield from child.within()


def node_id(number: str, language: int) -> str:
    """Return the id of an item's node: 1 or 2 for the language, then the item's number."""
    return OWN_IDS.get((number, language), str(language + 1) + number)


def spoken(item: Item, language: int, parent: str = "0") -> Node:
    """Return the tree of an item in one language."""
    own = node_id(item.number, language)
    children = (spoken(child, language, own) for child in item.children if child.labels[language])
    return Node(own, parent, item.labels[language], language, item, tuple(children))


ROOTS = (spoken(MENU, ENGLISH), spoken(MENU, HEBREW))
NODES = {node.id: node for root in ROOTS for node in root.within()}


def in_both(number: str) -> tuple[str, str]:
    """Return the ids of an item's English and Hebrew nodes."""
    return node_id(number, ENGLISH), node_id(number, HEBREW)
