"""The visits of a web shop: pages and links, no menu."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sample_data.dice import Dice

SEED = 20260501
N_VISITS = 1_500
FIRST_DAY = date(2026, 5, 1)
N_DAYS = 31
LEAVE = ""

CART, SHIPPING = "/cart", "/shipping-costs"
ADDRESS, CONFIRMED = "/checkout/address", "/checkout/confirmed"
PHONE = "phone"

# From each page the next ones, by weight.
LINKS = {
    "/": {"/search": 22, "/sale": 16, "/shoes": 22, "/bags": 14, "/account": 4, LEAVE: 22},
    "/search": {"/search": 12, "/product/1042": 18, "/product/2210": 14, "/product/3307": 10, LEAVE: 24},
    "/sale": {"/product/1042": 20, "/product/3318": 16, "/shoes": 10, LEAVE: 20},
    "/shoes": {"/product/1042": 24, "/product/1077": 18, "/product/1090": 12, "/": 6, LEAVE: 20},
    "/bags": {"/product/2210": 26, "/product/2244": 14, "/": 6, LEAVE: 20},
    "/product/1042": {CART: 34, "/size-guide": 14, "/shoes": 14, "/product/1077": 10, LEAVE: 24},
    "/product/1077": {CART: 24, "/size-guide": 16, "/shoes": 14, "/product/1042": 10, LEAVE: 26},
    "/product/1090": {CART: 14, "/shoes": 20, LEAVE: 24},
    "/product/2210": {CART: 30, "/bags": 16, "/product/2244": 12, LEAVE: 26},
    "/product/2244": {CART: 20, "/bags": 16, LEAVE: 26},
    "/product/3307": {CART: 18, "/search": 20, LEAVE: 26},
    "/product/3318": {CART: 40, "/sale": 16, LEAVE: 24},
    "/size-guide": {"/product/1042": 20, "/product/1077": 14, LEAVE: 8},
    CART: {ADDRESS: 46, SHIPPING: 34, "/": 6, LEAVE: 12},
    SHIPPING: {CART: 84, "/contact": 3, LEAVE: 13},
    ADDRESS: {"/checkout/delivery": 70, CART: 4, LEAVE: 26},
    "/checkout/delivery": {"/checkout/payment": 92, LEAVE: 6},
    "/checkout/payment": {CONFIRMED: 90, LEAVE: 8},
    CONFIRMED: {"/account": 6, LEAVE: 94},
    "/account": {"/account/orders": 60, LEAVE: 30},
    "/account/orders": {"/returns": 30, "/contact": 10, LEAVE: 50},
    "/returns": {"/contact": 20, LEAVE: 60},
    "/contact": {LEAVE: 80, "/": 10},
}
# On a phone the form for the address is hard to fill in.
PHONE_LINKS = LINKS | {ADDRESS: {"/checkout/delivery": 34, CART: 4, LEAVE: 62}}

ENTRIES = {"/": 60, "/product/1042": 14, "/sale": 10, "/product/2210": 9, "/account/orders": 7}
# The last one is Namibia.
COUNTRIES = {"DE": 60, "AT": 18, "CH": 12, "NL": 7, "NA": 3}
DEVICES = {PHONE: 58, "desktop": 36, "tablet": 6}
HOURS = [3, 2, 1, 1, 1, 2, 5, 9, 12, 14, 15, 16, 18, 16, 15, 15, 16, 18, 22, 28, 34, 33, 22, 10]

NEWSLETTER = datetime(2026, 5, 14, 19)
NEWSLETTER_SHARE = 0.06
ROBOT_STEPS = 60


@dataclass(frozen=True)
class Visit:
    """One visit: its pages, each with the moment it was opened."""

    country: str
    device: str
    steps: tuple[tuple[datetime, str], ...]
    id: str = ""

    @property
    def start(self) -> datetime:
        """Return when the visit began."""
        return self.steps[0][0]

    @property
    def path(self) -> tuple[str, ...]:
        """Return the visit's pages in order."""
        return tuple(page for _, page in self.steps)

    @property
    def ordered(self) -> bool:
        """Return whether the visit brought an order."""
        return CONFIRMED in self.path


def make_visits() -> list[Visit]:
    """Return all visits in order of their start, lettered as a spreadsheet letters its columns."""
    dice = Dice(SEED)
    drawn = [draw_visit(dice) for _ in range(N_VISITS - 1)]
    visits = sorted([*drawn, robot_visit()], key=lambda visit: visit.start)
    return [replace(visit, id=letters(number)) for number, visit in enumerate(visits, start=1)]


def letters(number: int) -> str:
    """Return A for 1, Z for 26, AA for 27; NA for 365."""
    before, last = divmod(number - 1, 26)
    return (letters(before) if before else "") + chr(ord("A") + last)


def draw_visit(dice: Dice) -> Visit:
    """Return one visit."""
    device = draw_from(dice, DEVICES)
    return Visit(draw_from(dice, COUNTRIES), device, tuple(draw_steps(dice, device)))


def draw_from(dice: Dice, weights: dict[str, int]) -> str:
    """Return one of the keys by its weight."""
    return dice.pick(list(weights), list(weights.values()))


def draw_steps(dice: Dice, device: str) -> Iterator[tuple[datetime, str]]:
    """Yield the pages of a visit, a few seconds to a few minutes apart."""
    links = PHONE_LINKS if device == PHONE else LINKS
    at, page = draw_start(dice), draw_from(dice, ENTRIES)
    while page != LEAVE:
        yield at, page
        at += timedelta(seconds=4 + dice.skewed(35))
        page = draw_from(dice, links[page])


def draw_start(dice: Dice) -> datetime:
    """Return the start of a visit: in the newsletter's hour, or any day and mostly in the evening."""
    if dice.chance(NEWSLETTER_SHARE):
        return NEWSLETTER + timedelta(seconds=dice.between(0, 3_599))
    day = FIRST_DAY + timedelta(days=dice.between(0, N_DAYS - 1))
    hour = dice.pick(range(24), HOURS)
    return datetime.combine(day, time(hour, dice.between(0, 59), dice.between(0, 59)))


def robot_visit() -> Visit:
    """Return the visit of a machine that opens a page every second."""
    start = datetime(2026, 5, 20, 4, 12, 5)
    pages = every_page(LINKS)
    steps = ((start + timedelta(seconds=n), pages[n % len(pages)]) for n in range(ROBOT_STEPS))
    return Visit("NL", "desktop", tuple(steps))


def every_page(links: dict[str, dict[str, int]]) -> Sequence[str]:
    """Return the pages that need no cart."""
    return [page for page in links if page != CART and not page.startswith("/checkout")]
