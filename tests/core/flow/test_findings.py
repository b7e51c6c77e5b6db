"""The sentences beside the figures, on logs small enough to count by hand."""

from datetime import date

from core.flow import findings, funnels
from core.flow.calendar import weekday_trends
from core.flow.filter import ALL, Filter
from core.flow.findings import Finding
from tests.logs import HEADER, opened

NOBODY = Filter(first=date(2030, 1, 1))
PARENTS = {"1": "0", "2": "1", "3": "2", "4": "1"}


def menu_log(*calls: str) -> str:
    """A log of the menu 1 > 2 > 3 and 1 > 4; a call is its path, as in "1 2 3". Menu item 3 is named, called or not."""
    rows = [f"c{number},,{node},{PARENTS[node]}," for number, path in enumerate(calls) for node in path.split()]
    return HEADER + "".join(f"{row}Item {row.split(',')[2]},\n" for row in rows) + ",,3,2,Item 3,\n"


def shown(words: str) -> str:
    return words.replace("\u2068", "‹").replace("\u2069", "›")


def test_calls_that_end_mid_menu_are_the_alarming_finding() -> None:
    with opened(menu_log("1", "1 2", "1 2", "1 2 3", "1 4")) as log:
        assert findings.of_summary(log) == Finding(
            "60% of calls end in the middle of the menu",
            "3 of 5 calls end on a menu item that still has options below it. "
            "1 of 2 such items account for half of them.",
            alarming=True,
        )


def test_a_single_item_on_which_calls_end_mid_menu_needs_no_half() -> None:
    with opened(menu_log("1 2", "1 4")) as log:
        assert findings.of_summary(log).evidence == "1 of 2 calls end on a menu item that still has options below it."


def test_where_no_call_ends_mid_menu_the_paths_are_told() -> None:
    with opened(menu_log(*["1 4"] * 7, "1 2 3", "4", "3")) as log:
        assert findings.of_summary(log) == Finding(
            "2 of 4 paths carry 80% of the calls", "8 of 10 calls take one of them."
        )


def test_where_no_call_passes_the_finding_says_so() -> None:
    with opened(menu_log("1 2")) as log:
        assert findings.of_summary(log, NOBODY).headline == "No call passes this filter"
        assert findings.of_path_explorer(log, NOBODY, ("1",)).headline == "No call comes this way"
        assert findings.of_path_explorer(log, ALL, ("2",)).headline == "No call comes this way"


def test_the_path_explorer_says_how_calls_begin() -> None:
    with opened(menu_log("1 2", "1 4", "1", "4")) as log:
        found = findings.of_path_explorer(log, ALL, ())
        assert shown(found.headline) == "75% of calls begin with ‹Item 1›"
        assert found.evidence == "3 of 4 calls; 2 ways to begin."
    with opened(menu_log("1 2", "1 4")) as log:
        assert shown(findings.of_path_explorer(log, ALL, ()).headline) == "Every call begins with ‹Item 1›"


def test_the_path_explorer_says_where_calls_go_on_to_and_how_many_end() -> None:
    with opened(menu_log("1 2", "1 2 3", "1 4", "1", "4")) as log:
        found = findings.of_path_explorer(log, ALL, ("1",))
        assert shown(found.headline) == "From ‹Item 1›, 50% go on to ‹Item 2›"
        assert found.evidence == "2 of the 4 calls that get here. 1 end here, 25%. 4 of all 5 calls come this way."
        assert " None end here. " in findings.of_path_explorer(log, Filter(intents=("2",)), ("1",)).evidence
        assert (
            shown(findings.of_path_explorer(log, ALL, ("1", "4")).headline)
            == "All 1 call that get to ‹Item 4› end there"
        )


def test_the_largest_loss_counts_the_calls_that_end_on_the_last_step_of_all() -> None:
    with opened(menu_log(*["1 2"] * 10, "1")) as log:
        words = "The largest mid-menu loss is on step 2: 10 of the 10 calls that get there"
        assert findings.of_depths(funnels.depths(log)) == words


def test_the_largest_loss_is_that_of_most_calls_and_the_first_of_equals() -> None:
    with opened(menu_log("1", "1", "1 2", "1 2", "1 2 3")) as log:
        words = "The largest mid-menu loss is on step 1: 2 of the 5 calls that get there"
        assert findings.of_depths(funnels.depths(log)) == words


def test_without_a_loss_there_is_no_sentence() -> None:
    with opened(menu_log("1 2 3", "4")) as log:
        assert findings.of_depths(funnels.depths(log)) == ""
        assert findings.of_depths(funnels.depths(log, NOBODY)) == ""


def test_weekdays_are_compared_by_calls_a_day() -> None:
    # Three calls on two Mondays, four on one Tuesday, none on the days between.
    days = ["2025-03-03"] * 2 + ["2025-03-10"] + ["2025-03-04"] * 4
    text = "call,node,date\n" + "".join(f"{number},1,{day}\n" for number, day in enumerate(days))
    with opened(text) as log:
        words = findings.of_weekdays(weekday_trends(log))
        assert words == "Tuesday is busiest with 4 calls a day, Wednesday quietest with 0"
        assert findings.of_weekdays(weekday_trends(log, Filter(weekdays=(2,)))) == ""
