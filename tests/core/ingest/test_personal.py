import pytest

from core.ingest.facts import ColumnFacts
from core.ingest.mapping import Role
from core.ingest.personal import hint, looks_like


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["a@b.example", "noa.levi@mail.example", "x@y.example", "q@w.example", "é@b.example"], "e-mail addresses"),
        (["+972-50-123-4567", "03-6401234", "(02) 555 0199", "0501234567", "+49 30 901820"], "phone numbers"),
        (["10.0.0.1", "10.0.0.2", "192.168.1.77", "8.8.8.8", "::1", "1.1.1.1"], ""),  # one in six is none
        (["10.0.0.1", "10.0.0.2", "192.168.1.77", "8.8.8.8", "1.1.1.1"], "network addresses"),
        # Nine digits with the check digit of identity numbers; then the same with another last digit.
        (["123456782", "000000018", "111111118", "222222226", "333333334"], "numbers of identity or payment cards"),
        (["123456783", "000000019", "111111119", "222222227", "333333335"], ""),
        (["504893", "504894", "504895", "504896", "504897"], ""),
        (["1/1/2025", "2/1/2025", "3/1/2025", "4/1/2025", "5/1/2025"], ""),
        (["a@b.example", None, None], ""),  # too few to say
    ],
)
def test_values_of_persons_are_known_by_their_look(values, words):
    assert looks_like(values) == words


@pytest.mark.parametrize(
    "name", ["customer_name", "First Name", "phone", "callerPhone", "E-Mail", "שם לקוח", "טלפון", "patient_id"]
)
def test_a_name_can_say_that_a_column_is_personal(name):
    assert hint(ColumnFacts(name=name), Role.ATTRIBUTE)


@pytest.mark.parametrize("name", ["rule_text", "city", "call_id", "menu name", "page", "product name", "שם צומת"])
def test_other_names_say_nothing_of_persons(name):
    assert hint(ColumnFacts(name=name), Role.ATTRIBUTE) == ""


def test_who_is_told_apart_as_a_customer_is_a_person_whatever_the_column_is_called():
    assert hint(ColumnFacts(name="x"), Role.CUSTOMER) and hint(ColumnFacts(name="x"), Role.AGENT)
    assert hint(ColumnFacts(name="x"), Role.ATTRIBUTE) == ""
