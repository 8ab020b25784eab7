"""Settings: read once, unknown ones named, secrets as stars."""

from pathlib import Path

import platformdirs
import pytest

from app.doctor import examine
from app.settings import Settings, load, origins
from retrieval.errors import Unusable


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the working folder; settings cannot come from anywhere else."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(folder: Path, text: str) -> None:
    (folder / "frontdesk.toml").write_text(text, encoding="utf-8")


def test_without_anything_the_defaults_count(folder: Path) -> None:
    found = load()
    assert (found.device, found.llm, found.port, found.web_port) == ("auto", "", 8610, 8611)


def test_the_environment_wins_over_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, 'port = 9000\ncontact = "anna"\n')
    monkeypatch.setenv("FRONTDESK_PORT", "9001")
    assert (load().port, load().contact) == (9001, "anna")


def test_flags_win_over_the_environment_and_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, 'device = "auto"\nport = 9000\n')
    monkeypatch.setenv("FRONTDESK_DEVICE", "cuda")
    monkeypatch.setenv("FRONTDESK_HOME", str(folder / "ours"))
    found = load(device="cpu", home=folder / "demo", demo=True)
    assert (found.device, found.home, found.demo, found.port) == ("cpu", folder / "demo", True, 9000)


@pytest.mark.parametrize("flags", [{"device": "gpu"}, {"port": 0}], ids=["device", "port"])
def test_a_bad_flag_is_refused_like_a_bad_setting(folder: Path, flags: dict[str, object]) -> None:
    with pytest.raises(Unusable, match=f"The setting {next(iter(flags))} is wrong"):
        load(**flags)


def test_the_nearest_file_above_counts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "company" / "deep").mkdir(parents=True)
    put(folder, "port = 9000\n")
    put(folder / "company", "port = 9001\n")
    monkeypatch.chdir(folder / "company" / "deep")
    assert load().port == 9001


def test_an_unknown_variable_is_named_with_the_known_ones(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_PROT", "9000")
    with pytest.raises(Unusable, match=r"Unknown setting FRONTDESK_PROT\. Known are: answer_tokens, contact, "):
        load()


def test_an_unknown_key_is_named_with_its_file(folder: Path) -> None:
    put(folder, "port = 9000\nprot = 9001\n")
    with pytest.raises(Unusable, match=r"Unknown setting prot in .*frontdesk\.toml\. Known are: answer_tokens"):
        load()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "many"),
        ("port", "70000"),
        ("device", "gpu"),
        ("evidence", "1.5"),
        ("answer_tokens", "3"),
        ("sensitive", "hide"),
        ("login", "yes"),
        ("web_url", "desk.example"),
        ("web_url", "https://desk.example/path"),
        ("oidc_issuer", "http://id.example"),
        ("keep_days", "-1"),
    ],
)
def test_a_bad_value_is_named_and_shown(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"FRONTDESK_{name.upper()}", value)
    with pytest.raises(Unusable, match=f"The setting {name} is wrong: .*, not '{value}'"):
        load()


def test_a_file_that_is_no_toml_is_named(folder: Path) -> None:
    put(folder, "port: 9000")
    with pytest.raises(Unusable, match=r"frontdesk\.toml cannot be read"):
        load()


def test_what_the_pages_process_is_told_is_no_setting(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SERVER", "KEY_FILE", "AS"):
        monkeypatch.setenv(f"FRONTDESK_{name}", "x")
    assert load().port == 8610


def test_the_home_is_what_the_environment_says(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, 'home = "elsewhere"\n')
    monkeypatch.setenv("FRONTDESK_HOME", str(folder / "here"))
    assert load().home == folder / "here"


def test_the_home_may_begin_with_a_tilde(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("FRONTDESK_HOME", "~/desk")
    assert load().home == folder / "desk"


def test_else_the_home_is_beside_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, "port = 9000\n")
    (folder / "deep").mkdir()
    monkeypatch.chdir(folder / "deep")
    assert load().home == folder / ".frontdesk"


def test_a_relative_home_in_the_file_is_beside_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, 'home = "desk"\n')
    (folder / "deep").mkdir()
    monkeypatch.chdir(folder / "deep")
    assert load().home == folder / "desk"


def test_else_the_home_is_the_users_data_folder(folder: Path) -> None:
    assert load().home == Path(platformdirs.user_data_dir("frontdesk", appauthor=False))


def test_the_ledger_is_a_file_in_the_home_unless_a_url_is_set(folder: Path) -> None:
    assert load(home=folder).ledger_url == f"sqlite:///{folder / 'ledger.sqlite'}"
    assert load(ledger="postgresql://db/desk").ledger_url == "postgresql://db/desk"


def test_secrets_are_stars_wherever_settings_are_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = ("llm_key", "slack_bot_token", "slack_app_token", "slack_signing_secret")
    for name in secrets:
        monkeypatch.setenv(f"FRONTDESK_{name.upper()}", "hush-hush")
    found = load(home=folder / "home")
    examined = examine(found).as_json()
    assert [text for text in (str(found), repr(found), str(examined)) if "hush-hush" in text] == []
    assert [examined["settings"][name]["value"] for name in secrets] == ["********"] * 4


def test_a_bad_secret_is_not_shown_in_the_error(folder: Path) -> None:
    put(folder, "llm_key = 12345\n")
    with pytest.raises(Unusable, match="The setting llm_key is wrong") as caught:
        load()
    assert "12345" not in str(caught.value)


def test_each_setting_says_where_it_comes_from(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, "port = 9000\nweb_port = 9002\n")
    monkeypatch.setenv("FRONTDESK_PORT", "9001")
    found = origins()
    assert (found["port"], found["web_port"], found["llm"]) == (
        "environment",
        str(folder / "frontdesk.toml"),
        "default",
    )


def test_each_setting_says_what_it_decides() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().port = 9000


@pytest.mark.parametrize("address", ["https://frontdesk.office.example", "http://10.0.0.7:8611/", ""])
def test_the_address_of_the_page_is_one_that_a_browser_opens(folder: Path, address: str) -> None:
    assert load(web_url=address).web_url == address


@pytest.mark.parametrize(
    "address", ["frontdesk.office.example", "javascript:alert(1)", "https://", "https://x/?a=b", "https://x/ask"]
)
def test_another_address_of_the_page_is_refused(folder: Path, address: str) -> None:
    with pytest.raises(Unusable, match="The setting web_url is wrong"):
        load(web_url=address)


def test_the_names_of_the_house_are_what_people_type_and_no_wildcard(folder: Path) -> None:
    assert load().names == {"127.0.0.1"}
    put(folder, 'host = "0.0.0.0"\nweb_url = "https://desk.example:8443"\n')
    assert load().names == {"desk.example"}
    assert load().page_address == "https://desk.example:8443"
