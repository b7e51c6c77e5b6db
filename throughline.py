"""Set up and run Throughline, or its tests, with nothing but Python 3.11 or newer.

    python3 throughline.py app      make .venv if it is not there, install, run the dashboard
    python3 throughline.py test     the same with the tools for development, then every check

What follows is handed on: to `streamlit run` after `app`, to `pytest` after `test`.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE / ".venv"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")

CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("pytest", "-n", "auto", "--dist", "worksteal"),
)


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 (this is where it is found out)
        return _stop(f"Throughline needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    if not arguments or arguments[0] not in ("app", "test"):
        return _stop(__doc__ or "")
    os.chdir(HERE)
    if arguments[0] == "app":
        set_up("requirements.txt")
        # Anyone who reaches the server may upload, so by itself it answers this machine only.
        local = () if "--server.address" in arguments else ("--server.address", "localhost")
        return run("streamlit", "run", "streamlit_app.py", *local, *arguments[1:])
    set_up("requirements-dev.txt")
    for check in CHECKS:
        rest = arguments[1:] if check[0] == "pytest" else []
        if code := run(*check, *rest):
            return code
    return 0


def set_up(requirements: str) -> None:
    """Install `requirements` into .venv, unless that was done since they last changed."""
    wanted = b"".join(path.read_bytes() for path in sorted(HERE.glob("requirements*.txt")))
    stamp = ENVIRONMENT / f".{requirements}.{hashlib.sha256(wanted).hexdigest()[:16]}"
    if PYTHON.exists() and stamp.exists():
        return
    print(f"Setting up {ENVIRONMENT.name} from {requirements}; this takes a minute or two, once.", flush=True)
    try:
        venv.EnvBuilder(with_pip=True, clear=not PYTHON.exists()).create(ENVIRONMENT)
    except subprocess.CalledProcessError:
        sys.exit("This Python cannot make virtual environments. On Debian or Ubuntu: apt install python3-venv")
    pip = (str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements)
    subprocess.run(pip, cwd=HERE, check=True)
    stamp.touch()


def run(*command: str) -> int:
    """Run a tool of the environment until it ends; its exit code."""
    print(f"$ {' '.join(command)}", flush=True)
    try:
        return subprocess.run((str(PYTHON), "-m", *command), cwd=HERE, check=False).returncode
    except KeyboardInterrupt:
        return 130


def _stop(words: str) -> int:
    print(words, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
