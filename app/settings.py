"""The settings, read once from the environment (prefix FRONTDESK_) and `frontdesk.toml`."""

import os
import re
import tomllib
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from retrieval.errors import Unusable

PREFIX = "FRONTDESK_"
FILE = "frontdesk.toml"
# Set for the page's process by `frontdesk web` and `up`; not settings of a person.
_FOR_CHILDREN = {"FRONTDESK_SERVER", "FRONTDESK_KEY_FILE", "FRONTDESK_AS"}


class Settings(BaseSettings):
    """What a company may turn; each field says what it decides."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    home: Path = Field(default=Path(), description="Folder of the ledger, the indexes and the service key")
    ledger: str = Field(default="", description="SQLAlchemy URL of the ledger; empty: an SQLite file in the home")
    index: str = Field(
        default="",
        description="Where the vectors are: milvus:FILE.db, milvus:http://HOST:PORT; empty: FAISS files in the home",
    )
    embedder: str = Field(default="", description="Folder of a sentence-transformers model; empty: installed MiniLM")
    reranker: str = Field(default="", description="Folder of a cross-encoder that ranks what was found; empty: none")
    device: Literal["auto", "cpu", "cuda"] = Field(default="auto", description="Where models run")
    llm: str = Field(
        default="", description="Llama folder or GGUF file, or URL of an OpenAI-compatible server; empty: quoting"
    )
    llm_model: str = Field(default="", description="Name of the model at that URL; empty: the first one it lists")
    llm_tokenizer: str = Field(default="", description="Folder of that model's tokenizer; empty: the server counts")
    llm_window: int = Field(default=0, ge=0, description="Its window in tokens; 0: what the model says of itself")
    llm_key: SecretStr = Field(default=SecretStr("none"), description="Key for that URL")
    llm_adapter: str = Field(default="", description="Folder of a LoRA adapter on top of the Llama; empty: none")
    llm_quantization: Literal["", "8bit", "4bit"] = Field(
        default="", description="Bits to which the Llama's weights are rounded; empty: as they are stored"
    )
    llm_at_once: int = Field(
        default=0, ge=0, description="Questions that it answers at once; 0: 1 in this process, 32 at a URL"
    )
    llm_waiting: int = Field(
        default=16, ge=0, description="Questions that may wait for it; more are asked to come back"
    )
    llm_patience: int = Field(
        default=60, ge=1, description="Seconds without a word of it, after which the documents are quoted instead"
    )
    llm_lookup: int = Field(
        default=0, ge=0, le=64, description="Words guessed ahead from the sources; `models bench` says if it pays"
    )
    llm_verbatim: bool = Field(
        default=False, description="A local Llama's answers can only be whole sentences of the sources, or the refusal"
    )
    answer_tokens: int = Field(default=512, ge=16, description="Tokens kept free for the answer")
    evidence: float = Field(default=0.25, ge=0, le=1, description="Least probability that sources answer, else refusal")
    sensitive: Literal["mask", "quarantine", "keep"] = Field(
        default="mask",
        description="Documents with keys, bank accounts, cards, national ids: hide these, leave out, keep",
    )
    contact: str = Field(default="your HR team", description="Whom to ask when no document names somebody")
    port: int = Field(default=8610, ge=1, le=65535, description="The server's port on 127.0.0.1")
    web_port: int = Field(default=8611, ge=1, le=65535, description="The web page's port on 127.0.0.1")
    web_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s/?#]+/?)?$",
        description="The page's address as everybody types it, and as links in Slack name it; empty: this machine's",
    )
    host: str = Field(default="127.0.0.1", description="Where server and page listen; elsewhere only with a login")
    login: Literal["none", "local", "oidc"] = Field(
        default="none", description="How people sign in: not at all, with a password, with the company's OpenID Connect"
    )
    oidc_issuer: str = Field(
        default="",
        pattern=r"^(https://\S+|http://(127\.0\.0\.1|localhost)[:/]\S*)?$",
        description="The provider's issuer URL, as its discovery document says it",
    )
    oidc_client: str = Field(default="", description="The id under which the provider knows Frontdesk")
    oidc_secret: SecretStr = Field(default=SecretStr(""), description="Its secret; empty: a public client")
    oidc_groups: str = Field(default="", description="The claim that names groups; empty: groups are managed here")
    keep_days: int = Field(default=0, ge=0, description="Days for which conversations and feedback are kept; 0: all")
    questions_per_minute: int = Field(
        default=60, ge=0, description="Questions of one person in a minute; of all together ten times as many; 0: any"
    )
    slack_bot_token: SecretStr = Field(default=SecretStr(""), description="The Slack app's bot token; empty: no bot")
    slack_app_token: SecretStr = Field(
        default=SecretStr(""), description="Its app-level token: Slack is asked over Socket Mode, no address is needed"
    )
    slack_signing_secret: SecretStr = Field(
        default=SecretStr(""), description="Its signing secret: without an app token, Slack sends to slack_port"
    )
    slack_api: str = Field(default="https://slack.com/api/", description="Where Slack's methods are")
    slack_days: int = Field(default=0, ge=0, description="Days for which Slack's messages are kept; 0: all of them")
    slack_hr_channel: str = Field(default="", description="Id of the channel where Ask HR opens a thread; empty: none")
    slack_port: int = Field(default=8612, ge=1, le=65535, description="The port on 127.0.0.1 that Slack's events reach")
    log: Literal["text", "json"] = Field(default="text", description="How the server writes its log")
    traces: str = Field(
        default="", description="OpenTelemetry collector that gets a trace of each question; empty: none"
    )
    demo: bool = Field(default=False, description="Set by `up --demo`: the sample company, with a choice of persons")

    @property
    def ledger_url(self) -> str:
        """Where the ledger is."""
        return self.ledger or f"sqlite:///{self.home / 'ledger.sqlite'}"

    @property
    def page_address(self) -> str:
        """Where people find the page."""
        return self.web_url.rstrip("/") or f"http://127.0.0.1:{self.web_port}"

    @property
    def names(self) -> frozenset[str]:
        """The names under which server and page answer, beside this machine's own."""
        stated = {self.host, urlsplit(self.web_url).hostname or ""}
        return frozenset(stated - {"", "0.0.0.0", "::"})  # noqa: S104 - these mean all addresses and are no names


def load(**flags: Any) -> Settings:
    """The settings of this process. `flags` come from the command line and win.

    Raises:
        Unusable: an unknown setting or a bad value, named with what was expected.
    """
    file = _nearest_file(Path.cwd())
    stated = _read(file) if file else {}
    known = set(Settings.model_fields)
    foreign = [name for name in os.environ if name.startswith(PREFIX) and name not in _FOR_CHILDREN]
    unknown = [name for name in foreign if name.removeprefix(PREFIX).lower() not in known]
    unknown += [f"{name} in {file}" for name in stated if name not in known]
    if unknown:
        raise Unusable(f"Unknown setting {', '.join(unknown)}. Known are: {', '.join(sorted(known))}")
    try:
        # What is passed in wins over the environment, so the file's part leaves out what the environment says.
        settings = Settings(
            **{name: value for name, value in stated.items() if PREFIX + name.upper() not in os.environ}
        )
        home = _home(settings, file)
        return Settings.model_validate({**settings.model_dump(), "home": home, **flags})
    except ValidationError as exc:
        first = exc.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        is_secret = name in known and Settings.model_fields[name].annotation is SecretStr
        came = "" if is_secret else f", not {first.get('input')!r}"
        raise Unusable(f"The setting {name} is wrong: {first['msg']}{came}") from exc


def origins() -> dict[str, str]:
    """Where each setting's value comes from: environment, file or default."""
    file = _nearest_file(Path.cwd())
    stated = _read(file) if file else {}
    found = {}
    for name in Settings.model_fields:
        if PREFIX + name.upper() in os.environ:
            found[name] = "environment"
        else:
            found[name] = str(file) if name in stated else "default"
    return found


def without_secrets(setting: str) -> str:
    """A setting to be shown: a URL may hold a password."""
    return re.sub(r"://[^/\s]*@", "://********@", setting)


def _home(settings: Settings, file: Path | None) -> Path:
    if "home" in settings.model_fields_set:
        in_file = file is not None and f"{PREFIX}HOME" not in os.environ
        # A relative path in the file means the same from whichever folder below it we are started.
        return (file.parent if file and in_file else Path.cwd()) / settings.home.expanduser()
    if file:
        return file.parent / ".frontdesk"
    return Path(platformdirs.user_data_dir("frontdesk", appauthor=False))


def _nearest_file(folder: Path) -> Path | None:
    return next((at / FILE for at in (folder, *folder.parents) if (at / FILE).is_file()), None)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise Unusable(f"{file} cannot be read: {exc}") from exc
