"""What STYLE.md sections 2, 6 and 15 say of files and imports."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("retrieval", "ingest", "app", "ui")
LONGEST = 300
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
MIGRATIONS = "retrieval/ledger/migrations/"
TESTED_ELSEWHERE = {
    "app/demo.py": "tests/browser/test_page.py runs the demo",
    "app/approval.py": "tests/app/test_verified_answers.py",
    "app/chat/hand_off.py": "tests/app/chat/test_routes.py",
    "app/chat/revision.py": "tests/app/chat/test_routes.py",
    "app/chat/suggestions.py": "tests/app/chat/test_routes.py",
    "app/finetune_terminal.py": "tests/app/finetune/test_finetune_data_commands.py",
    "app/callers.py": "tests/app/test_server.py and test_run_routes.py speak for callers",
    "ui/screens/asking.py": "tests/ui/test_message.py and test_web.py",
    "ui/screens/confirmation.py": "tests/ui/test_message.py",
    "ui/screens/failure.py": "tests/ui/test_web.py",
    "app/question.py": "tests/app/test_desk.py and test_bad_questions.py",
    "app/answering.py": "tests/app/test_desk.py",
    "app/forgetting.py": "tests/app/test_conversations.py and tests/app/identity/test_own_data.py",
    "ui/screens/hand_off.py": "tests/ui/test_message.py",
    "app/run_terminal.py": "tests/app/test_terminal.py and test_run_commands.py",
    "app/identity/login_client.py": "tests/ui/test_web_login.py signs in through it",
    "app/tables.py": "tests/retrieval/test_schema.py compares it with the migrations",
}
READ_THE_ENVIRONMENT = {
    "app/settings.py",
    "app/cli.py",
    "app/quiet.py",
    "app/processes.py",
    "ui/slack_bot.py",
    "ui/web.py",
    "ui/web_server.py",
}
RUN_AS_A_SCRIPT = {"ui/web.py", "ui/web_server.py", "retrieval/ledger/migrations/env.py"}
SCREENS = "ui/screens/"  # Streamlit runs them: it is loaded before they are

# Printed by a child process: each product module that starts a thread or loads something heavy when it is imported.
IMPORT_EACH = """
import importlib, sys, threading
HEAVY = ("torch", "openvino", "faiss", "transformers", "sentence_transformers", "streamlit")
for name in sys.argv[1:]:
    before = threading.active_count()
    importlib.import_module(name)
    loaded = [heavy for heavy in HEAVY if heavy in sys.modules]
    if loaded or threading.active_count() > before:
        print(name, "loads", loaded, "threads", threading.active_count() - before)
        for heavy in loaded:
            del sys.modules[heavy]
"""


def modules() -> list[str]:
    """Paths of the product's modules."""
    files = [file for package in PACKAGES for file in (ROOT / package).rglob("*.py")]
    return sorted(file.relative_to(ROOT).as_posix() for file in files)


def nouns() -> list[str]:
    """The modules that are named after something."""
    return [path for path in modules() if not path.endswith("__init__.py") and not path.startswith(MIGRATIONS)]


def test_the_walk_finds_the_product() -> None:
    assert {"retrieval/chunk.py", "ingest/pipeline.py", "app/desk.py", "ui/web.py"} <= set(modules())


@pytest.mark.parametrize("path", modules())
def test_a_module_is_at_most_300_lines_long(path: str) -> None:
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", nouns())
def test_a_module_has_a_test_of_the_same_noun(path: str) -> None:
    names = {file.name for file in (ROOT / "tests").rglob("test_*.py")}
    assert path in TESTED_ELSEWHERE or f"test_{Path(path).stem}.py" in names


def test_no_exception_is_left_over() -> None:
    names = {file.name for file in (ROOT / "tests").rglob("test_*.py")}
    assert [path for path in TESTED_ELSEWHERE if f"test_{Path(path).stem}.py" in names] == []


def test_no_module_has_a_vague_name() -> None:
    found = [path for path in modules() if VAGUE & {part.removesuffix(".py") for part in Path(path).parts}]
    assert found == []


def test_no_front_end_module_hides_a_package_that_it_imports() -> None:
    assert {"ui/app.py", "ui/streamlit.py", "ui/httpx.py"} & set(modules()) == set()


@pytest.mark.parametrize("path", sorted(set(modules()) - READ_THE_ENVIRONMENT))
def test_the_environment_is_read_in_few_places(path: str) -> None:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    read = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    assert {"environ", "getenv", "environb"} & set(read) == set()


@pytest.mark.parametrize("path", modules())
def test_importing_a_module_reads_no_environment(path: str) -> None:
    if path in RUN_AS_A_SCRIPT:
        return
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    ]
    inside = {id(node) for function in functions for node in ast.walk(function)}
    outside = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and id(node) not in inside]
    assert {"environ", "getenv"} & set(outside) == set()


def test_importing_a_module_starts_no_thread_and_loads_nothing_heavy() -> None:
    names = [
        path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for path in modules()
        if path not in RUN_AS_A_SCRIPT and not path.startswith((MIGRATIONS, SCREENS))
    ]
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_EACH, *names], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout == ""


def test_imports_point_one_way() -> None:
    script = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
