"""The import report, without a browser."""

from pages.parts.pagefiles import REPORT


def test_the_report_tells_how_the_rows_add_up_and_what_each_column_is(ready, show):
    page = show(REPORT, session=ready.id)
    assert not page.exception
    assert page.title[0].value == "Import report"
    told = " ".join(one.value for one in page.markdown).replace("\\", "")
    assert "8 rows read = 7 steps" in told and "1 rejected" in told
    assert page.dataframe[0].value["Column"].tolist()[0] == "call_id"
