"""An OpenAI-compatible server (vLLM, llama-server, Ollama, TGI) as a LangChain chat model, with its token counter."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from app.llm.model import LanguageModel
from app.llm.patient import Patience, PatientChat, attempts
from app.llm.template import ChatTemplate, load_tokenizer
from retrieval.budget import TokenCounter
from retrieval.errors import ModelUnavailable, Unusable
from retrieval.prompt import Message

_CONNECT, _READ = 5.0, 60.0  # seconds: for a connection, for the next word


@dataclass(frozen=True, slots=True)
class RemoteModel:
    """Where the server is and what to ask it for. `tokenizer` is a folder or empty; `window` 0 means ask."""

    url: str
    name: str
    key: SecretStr
    tokenizer: str
    window: int
    answer_tokens: int
    patience: float = _READ


class ServerCounter:
    """Counts with the server's own tokenize endpoint, as vLLM has it: `POST /tokenize` with messages."""

    def __init__(self, client: httpx.Client, root: str, model: str, window: int) -> None:
        self._client, self._root, self._model = client, root, model
        self.window = window

    def count(self, conversation: Sequence[Message]) -> int:
        """Tokens of the prompt, the opening of the answer included."""
        body = {
            "model": self._model,
            "messages": [{"role": message.role, "content": message.text} for message in conversation],
            "add_generation_prompt": True,
        }
        return int(_json(self._client, "POST", f"{self._root}/tokenize", body)["count"])


def connect(remote: RemoteModel) -> LanguageModel:
    """Ask the server what it serves, and make a chat model and its counter.

    Raises:
        ModelUnavailable: the server cannot be reached.
        Unusable: it serves no such model, or nobody can count its tokens.
    """
    url = remote.url.rstrip("/")
    key = remote.key.get_secret_value()
    timeout = httpx.Timeout(remote.patience, connect=_CONNECT)
    with ExitStack() as connections:
        headers = {"Authorization": f"Bearer {key}"}
        client = connections.enter_context(httpx.Client(headers=headers, timeout=timeout, trust_env=False))
        listed = _json(client, "GET", f"{url}/models").get("data") or []
        served: dict[str, Any] = {str(model.get("id")): model for model in listed if isinstance(model, dict)}
        name = remote.name or next(iter(served), "")
        if name not in served:
            raise Unusable(f"The server at {url} does not serve {name!r} but {', '.join(served) or 'nothing'}")
        window = remote.window or int(served[name].get("max_model_len") or 0)
        counter = _counter(remote, client, url.removesuffix("/v1"), name, window)
        if isinstance(counter, ServerCounter):
            connections.pop_all()  # it goes on using the connection
    chat = PatientChat(
        base_url=url,
        api_key=remote.key,
        model=name,
        temperature=0,
        max_completion_tokens=remote.answer_tokens,
        timeout=timeout,
        max_retries=0,  # PatientChat tries again itself: the library would also wait three times for silence
        http_client=httpx.Client(
            transport=Patience(httpx.HTTPTransport(), remote.patience), timeout=timeout, trust_env=False
        ),
    )
    return LanguageModel(name, chat, counter)


def _counter(remote: RemoteModel, client: httpx.Client, root: str, name: str, window: int) -> TokenCounter:
    if not window:
        raise Unusable(
            f"The server does not say how large the window of {name} is. Set FRONTDESK_LLM_WINDOW to its tokens"
        )
    if remote.tokenizer:
        return ChatTemplate(load_tokenizer(Path(remote.tokenizer)), window)
    counter = ServerCounter(client, root, name, window)
    try:
        counter.count([Message("user", "?")])
    except (ModelUnavailable, KeyError, ValueError) as exc:
        raise Unusable(
            f"The server at {remote.url} has no tokenize endpoint. Set FRONTDESK_LLM_TOKENIZER to a folder with the "
            f"tokenizer of {name}"
        ) from exc
    return counter


def _json(client: httpx.Client, method: str, url: str, body: object = None) -> dict[str, Any]:
    try:
        for attempt in attempts():
            with attempt:
                response = client.request(method, url, json=body)
                response.raise_for_status()
        data = response.json()
    except httpx.HTTPStatusError as exc:
        status = exc.response.status_code
        raise ModelUnavailable(f"The language model's server answered {method} {url} with status {status}") from exc
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as exc:
        raise ModelUnavailable(f"The language model's server cannot be used: {method} {url} failed ({exc})") from exc
    if not isinstance(data, dict):
        raise ModelUnavailable(f"The language model's server gave no JSON object at {url}")
    return data
