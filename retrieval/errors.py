"""Errors of every package.

FrontdeskError
├── Unusable            what was given cannot be used: a path, a setting, a model directory
├── Forbidden           this caller may not do that
├── NotSignedIn         what should prove who somebody is does not
├── TooMany             more than may be asked in this time (may be tried again)
├── Missing             nothing is known under that name
├── SourceGone          a source was deleted or closed while its answer was written (may be tried again)
├── StillAnswering      another answer is in progress there (may be tried again)
├── LedgerBusy          another process is writing (may be tried again)
├── LedgerDamaged       the database cannot be used
├── IndexUnavailable    the vector index is elsewhere and cannot be reached (may be tried again)
├── PortInUse           another program listens there
├── EmbedderMismatch    the home was built with another embedder
├── Unreadable          one document cannot be read
│   └── Quarantined     it can, but what it holds keeps it from being answerable
├── QuestionRefused     the question itself is unusable: empty, or far too long
│   └── OverWindow      question and fixed parts exceed the model's window
├── SlackRefused        Slack says why it does not do what was asked
├── SlackUnavailable    Slack does not answer (may be tried again)
└── ModelUnavailable    the language model failed (may be tried again)
    ├── ModelTooSlow    it did not say a word in time
    └── ModelBusy       too many questions wait for it; it says when to try again

Each knows whether trying again may help, and what the user may read: `user_message` is one sentence that
holds no document text. The exception's own text is for logs.
"""


class FrontdeskError(Exception):
    """Parent of all our errors."""

    retryable = False
    status = 500  # of HTTP
    exit_code = 1  # of the command line: 1 failure, 2 usage

    @property
    def user_message(self) -> str:
        """One sentence that a user may read; our errors are written so that their text is that sentence."""
        return str(self)


class Unusable(FrontdeskError):
    """What was given cannot be used; the text says what was expected and what came."""

    status = 422
    exit_code = 2


class Forbidden(FrontdeskError):
    """This caller may not do that."""

    status = 403


class NotSignedIn(FrontdeskError):
    """What should prove who somebody is does not prove it; the text does not help whoever guesses."""

    status = 401


class TooMany(FrontdeskError):
    """More than may be asked in this time. `seconds` is how long to wait."""

    retryable = True
    status = 429

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(f"{message}. Please try again in {_told(seconds)}")
        self.seconds = seconds


def _told(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 120 else f"{-(-seconds // 60)} minutes"


class Missing(FrontdeskError):
    """Nothing is known under that name."""

    status = 404


class SourceGone(FrontdeskError):
    """What an answer is made of was deleted, or closed to the asker, while it was written."""

    retryable = True
    status = 409

    def __init__(self) -> None:
        super().__init__("A source of this answer was deleted or closed while it was written. Please ask again")


class StillAnswering(FrontdeskError):
    """Another answer is in progress in this conversation, or too many are altogether."""

    retryable = True
    status = 409


class LedgerBusy(FrontdeskError):
    """Another process holds the ledger."""

    retryable = True
    status = 503


class LedgerDamaged(FrontdeskError):
    """The ledger's database cannot be used."""


class IndexUnavailable(FrontdeskError):
    """The vector index cannot be used now; the ledger is whole, and the index can follow later."""

    retryable = True
    status = 503


class PortInUse(FrontdeskError):
    """Another program listens on the port."""


class EmbedderMismatch(FrontdeskError):
    """The home's vectors were made by another embedder than the one in the settings."""

    status = 409


class Unreadable(FrontdeskError):
    """One document cannot be read; the rest of the run goes on."""

    status = 422


class Quarantined(Unreadable):
    """The document holds what nobody should read in an answer, and the settings keep such documents out."""


class QuestionRefused(FrontdeskError):
    """The question cannot be asked as it is."""

    status = 422
    exit_code = 2


class OverWindow(QuestionRefused):
    """The question does not fit the model's window. `over` is the number of tokens too many."""

    def __init__(self, over: int, window: int) -> None:
        super().__init__(
            f"This question is {over} tokens too long for the model's window of {window} tokens. Please shorten it."
        )
        self.over = over
        self.window = window


class SlackRefused(FrontdeskError):
    """Slack does not do what was asked; `error` is its word for why."""

    status = 502

    def __init__(self, method: str, error: str) -> None:
        super().__init__(f"Slack refused {method}: {error}")
        self.error = error


class SlackUnavailable(FrontdeskError):
    """Slack does not answer, or with nothing that can be read."""

    retryable = True
    status = 503


class ModelUnavailable(FrontdeskError):
    """The language model failed or cannot be reached."""

    retryable = True
    status = 503


class ModelTooSlow(ModelUnavailable):
    """The language model said no word in time."""

    def __init__(self) -> None:
        super().__init__("The language model takes too long. Please try again in a minute")


class ModelBusy(ModelUnavailable):
    """More questions wait for the model than may. `minutes` is how long that will last."""

    def __init__(self, waiting: int, at: str, minutes: int) -> None:
        about = "a minute" if minutes <= 1 else f"{minutes} minutes"
        super().__init__(f"{waiting} questions are waiting already. Please try again at {at} UTC, in about {about}")
        self.minutes = minutes
