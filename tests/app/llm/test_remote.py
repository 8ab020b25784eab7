"""A model behind an OpenAI-compatible server: found, counted, streamed; each trouble is one clear sentence."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from tenacity import wait_none

from app.llm import patient
from app.llm.model import LanguageModel, to_langchain
from app.llm.remote import RemoteModel, ServerCounter, connect
from app.llm.template import ChatTemplate, load_tokenizer
from app.prompted import PromptedAnswerer
from retrieval.errors import FrontdeskError, ModelUnavailable, Unusable
from retrieval.prompt import messages
from tests.openai_server import NAME, OpenAIServer, Trouble, openai_server
from tests.passages import passage
from tests.serving import free_port

LEAVE = passage(1, "Parents stay at home for sixteen weeks after a birth.", title="Parental leave")
LAPTOP = passage(2, "A broken machine is replaced within one working day.", title="Laptop repair")
QUESTION = "How does laptop repair work?"
_CONNECTED: list[LanguageModel] = []  # in a test; their connections are closed after it
ASKED = messages(QUESTION, [LEAVE, LAPTOP], [])


@pytest.fixture(scope="module")
def started(llama_dir: Path) -> Iterator[OpenAIServer]:
    with openai_server(llama_dir) as server:
        yield server


@pytest.fixture
def server(started: OpenAIServer) -> Iterator[OpenAIServer]:
    yield started
    while _CONNECTED:
        model = _CONNECTED.pop()
        model.chat.http_client.close()  # type: ignore[attr-defined]
        counter = model.counter
        if isinstance(counter, ServerCounter):
            counter._client.close()
    started.trouble = Trouble.NONE
    started.asked.clear()
    started.left.clear()


def connected(
    server: OpenAIServer, *, name: str = "", tokenizer: str = "", window: int = 0, patience: float = 60
) -> LanguageModel:
    model = connect(RemoteModel(server.url, name, SecretStr("secret"), tokenizer, window, 40, patience))
    _CONNECTED.append(model)
    return model


def answer(model: LanguageModel) -> str:
    answering = PromptedAnswerer(model, 40).begin(QUESTION, QUESTION, [LEAVE, LAPTOP], [])
    return "".join(piece.text for piece in answering.pieces)


def one_sentence(error: FrontdeskError) -> bool:
    return "\n" not in error.user_message and "Traceback" not in error.user_message and len(error.user_message) < 300


def test_the_first_model_of_the_list_answers_when_none_is_named(server: OpenAIServer) -> None:
    model = connected(server)
    pieces = [str(chunk.text) for chunk in model.chat.stream(to_langchain(ASKED))]
    assert model.name == NAME == server.asked[-1]["model"]
    assert len([piece for piece in pieces if piece]) > 3


def test_the_named_model_is_asked_for(server: OpenAIServer) -> None:
    model = connected(server, name="other")
    model.chat.invoke(to_langchain(ASKED))
    assert (model.name, model.counter.window, server.asked[-1]["model"]) == ("other", 99, "other")


def test_the_server_is_asked_for_no_more_tokens_than_were_reserved(server: OpenAIServer) -> None:
    connected(server).chat.invoke(to_langchain(ASKED))
    assert server.asked[-1]["max_completion_tokens"] == 40


def test_the_server_counts_its_own_tokens(server: OpenAIServer, llama_dir: Path) -> None:
    independent = ChatTemplate(load_tokenizer(llama_dir), 2048)
    counter = connected(server).counter
    assert (counter.window, counter.count(ASKED)) == (2048, len(independent.token_ids(ASKED)))


def test_a_tokenizer_folder_counts_where_the_server_cannot(server: OpenAIServer, llama_dir: Path) -> None:
    server.trouble = Trouble.NO_TOKENIZE
    model = connected(server, tokenizer=str(llama_dir))
    assert model.counter.count(ASKED) == ChatTemplate(load_tokenizer(llama_dir), 2048).count(ASKED)


def test_the_window_can_be_set_where_the_server_does_not_state_it(server: OpenAIServer) -> None:
    server.trouble = Trouble.NO_WINDOW
    assert connected(server, window=777).counter.window == 777


def test_a_missing_window_says_which_setting_helps(server: OpenAIServer) -> None:
    server.trouble = Trouble.NO_WINDOW
    with pytest.raises(Unusable, match="does not say how large the window of tiny-llama is. Set FRONTDESK_LLM_WINDOW"):
        connected(server)


def test_a_missing_tokenize_endpoint_says_which_setting_helps(server: OpenAIServer) -> None:
    server.trouble = Trouble.NO_TOKENIZE
    with pytest.raises(Unusable, match="has no tokenize endpoint. Set FRONTDESK_LLM_TOKENIZER to a folder"):
        connected(server)


def test_an_unknown_model_names_those_that_are_served(server: OpenAIServer) -> None:
    with pytest.raises(Unusable, match="does not serve 'gpt-9' but tiny-llama, other"):
        connected(server, name="gpt-9")


@pytest.mark.parametrize("trouble", [Trouble.ERROR, Trouble.GARBAGE], ids=lambda one: one.value)
def test_a_server_that_cannot_list_its_models_is_one_clear_sentence(server: OpenAIServer, trouble: Trouble) -> None:
    server.trouble = trouble
    with pytest.raises(ModelUnavailable, match="The language model's server") as caught:
        connected(server)
    assert one_sentence(caught.value)


def test_an_unreachable_server_is_one_clear_sentence() -> None:
    with pytest.raises(ModelUnavailable, match="The language model's server cannot be used") as caught:
        connect(RemoteModel(f"http://127.0.0.1:{free_port()}/v1", "", SecretStr("secret"), "", 0, 40))
    assert one_sentence(caught.value)


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (Trouble.ERROR, "failed. Please try again in a minute"),
        (Trouble.LIMIT, "failed. Please try again in a minute"),
        (Trouble.GARBAGE, "failed. Please try again in a minute"),
        (Trouble.CLOSES, "failed. Please try again in a minute"),
        (Trouble.HANG, "takes too long. Please try again in a minute"),
        (Trouble.SILENT, "takes too long. Please try again in a minute"),
        (Trouble.PINGS, "takes too long. Please try again in a minute"),
        (Trouble.EMPTY, "gave an empty answer. Please try again"),
        (Trouble.ENDLESS, "did not come to an end. Please ask in other words"),
    ],
    ids=lambda one: one.value if isinstance(one, Trouble) else "",
)
def test_trouble_while_answering_is_one_clear_sentence(
    server: OpenAIServer, trouble: Trouble, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patient, "_WAIT", wait_none())
    model = connected(server, patience=0.3)  # seconds; nobody wants to wait a minute here
    server.trouble = trouble
    with pytest.raises(ModelUnavailable) as caught:
        answer(model)
    assert caught.value.user_message == f"The language model {told}"
    assert one_sentence(caught.value)


def test_a_server_that_fails_once_is_asked_again(server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient, "_WAIT", wait_none())
    model = connected(server)
    server.trouble = Trouble.FLAKY
    assert answer(model)
    assert len(server.asked) == 2


def test_a_stream_that_has_begun_is_never_begun_anew(server: OpenAIServer) -> None:
    model = connected(server)
    server.trouble = Trouble.CLOSES
    with pytest.raises(ModelUnavailable):
        answer(model)
    assert len(server.asked) == 1


def test_closing_the_stream_hangs_up(server: OpenAIServer) -> None:
    model = connected(server)
    server.trouble = Trouble.HANG
    pieces = PromptedAnswerer(model, 40).begin(QUESTION, QUESTION, [LEAVE, LAPTOP], []).pieces
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert server.left.wait(5)


def test_no_proxy_of_the_environment_is_given_the_prompt(server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    assert answer(connected(server))


def test_a_key_is_never_shown(server: OpenAIServer) -> None:
    assert "secret" not in repr(RemoteModel(server.url, "", SecretStr("secret"), "", 0, 40))
    assert "secret" not in repr(connected(server))
