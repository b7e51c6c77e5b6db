import duckdb
import pytest

from core.engine import connect, identifier, quoted

MEMORY = 64 * 1024 * 1024


@pytest.fixture
def inside(tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "table.csv").write_text("a,b\n1,2\n")
    (tmp_path / "inside-out").mkdir()
    (tmp_path / "inside-out" / "secret.csv").write_text("a,b\n3,4\n")
    (tmp_path / "secret.csv").write_text("a,b\n5,6\n")
    return tmp_path / "inside"


@pytest.fixture
def engine(inside):
    with connect(inside, memory=MEMORY) as connection:
        yield connection


def test_files_of_the_folder_are_read_and_written(engine, inside):
    engine.execute(f"COPY (SELECT a + b AS c FROM read_csv('{inside}/table.csv')) TO '{inside}/sum.parquet'")
    assert engine.execute(f"SELECT c FROM read_parquet('{inside}/sum.parquet')").fetchall() == [(3,)]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('{outside}/secret.csv')",
        "SELECT * FROM read_csv('{inside}/../secret.csv')",
        "SELECT * FROM read_csv('{outside}/inside-out/secret.csv')",
        "SELECT * FROM read_csv(['{inside}/table.csv', '{outside}/secret.csv'])",
        "SELECT * FROM '{outside}/secret.csv'",
        "SELECT * FROM read_text('{outside}/*.csv')",
        "SELECT * FROM read_blob('/etc/passwd')",
        "SELECT * FROM glob('{outside}/*')",
        "SELECT * FROM read_csv('https://127.0.0.1:9/table.csv')",
        "COPY (SELECT 1) TO '{outside}/out.csv'",
        "COPY (SELECT 1) TO '{inside}/../out.csv'",
        "COPY (SELECT 1 AS a) TO '{outside}/out' (FORMAT parquet, PARTITION_BY (a))",
        "EXPORT DATABASE '{outside}/out'",
        "ATTACH '{outside}/out.duckdb'",
        "ATTACH '{outside}/inside-out/out.duckdb' AS other",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "RESET allowed_directories",
        "SET lock_configuration = false",
        "SET memory_limit = '64GB'",
        "SET GLOBAL temp_directory = '{outside}'",
        "PRAGMA temp_directory = '{outside}'",
        "SET autoinstall_known_extensions = true",
        "INSTALL httpfs",
        "INSTALL spatial FROM community",
        "LOAD '{inside}/table.csv'",
        "LOAD httpfs",
    ],
)
def test_what_would_reach_outside_is_refused(engine, inside, statement):
    outside = inside.parent
    before = sorted(outside.rglob("*"))
    with pytest.raises(duckdb.Error):
        engine.execute(statement.format(inside=inside, outside=outside)).fetchall()
    assert sorted(outside.rglob("*")) == before


def test_variables_of_python_are_no_tables(engine):
    secret = [1, 2, 3]
    with pytest.raises(duckdb.CatalogException):
        engine.execute("SELECT * FROM secret")
    assert secret


def test_no_file_is_read_where_no_folder_is_given(inside):
    with connect(memory=MEMORY) as engine, pytest.raises(duckdb.Error):
        engine.execute(f"SELECT * FROM read_csv('{inside}/table.csv')")


def test_without_a_spill_folder_too_large_a_sort_fails_and_writes_nothing(inside):
    with connect(inside, memory=MEMORY, threads=1) as engine, pytest.raises(duckdb.OutOfMemoryException):
        engine.execute("SELECT * FROM range(20_000_000) t(i) ORDER BY hash(i)").fetchall()
    assert [path.name for path in inside.iterdir()] == ["table.csv"]


def test_a_folder_with_a_quote_in_its_name_is_as_good_as_any(tmp_path):
    folder = tmp_path / "it's; DROP"
    folder.mkdir()
    (folder / "table.csv").write_text("a\n7\n")
    with connect(folder, memory=MEMORY, spill=folder) as engine:
        read = f"SELECT a FROM read_csv({quoted(str(folder / 'table.csv'))})"
        assert engine.execute(read).fetchall() == [(7,)]


def test_text_and_names_stay_inside_their_quotes(engine):
    text, name = "it's -- \" \n;", 'a"b; --'
    assert engine.execute(f"SELECT {quoted(text)} AS {identifier(name)}").fetchall() == [(text,)]
    assert engine.description[0][0] == name


def test_a_cursor_is_held_to_the_same_limits(inside):
    limits = {"max_execution_time": "1234", "max_temp_directory_size": "'5MB'"}
    with connect(inside, memory=MEMORY, spill=inside, more=limits) as engine:
        names = ["memory_limit", "python_enable_replacements", "preserve_insertion_order", *limits]
        settings = f"SELECT {', '.join(f'current_setting({quoted(name)})' for name in names)}"
        told = engine.cursor().execute(settings).fetchone()
        assert told == engine.execute(settings).fetchone() == ("61.0 MiB", False, True, 1234, "4.7 MiB")
