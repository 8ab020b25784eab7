"""Keys and tokens that open something: what detect-secrets knows, and a few more forms of well-known services. Pure.

A password in a sentence is none: what the guests' network asks for is what an employee asks us for.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module

# The plugins of detect-secrets whose forms nothing in a text for people has. Left out: words beside any value
# (keyword), random-looking strings (entropy), addresses of machines, words in capitals (Artifactory); and what
# takes time quadratic in a long word, which stands below in another form.
_PLUGINS = (
    "aws.AWSKeyDetector",
    "azure_storage_key.AzureStorageKeyDetector",
    "discord.DiscordBotTokenDetector",
    "github_token.GitHubTokenDetector",
    "gitlab_token.GitLabTokenDetector",
    "mailchimp.MailchimpDetector",
    "pypi_token.PypiTokenDetector",
    "sendgrid.SendGridDetector",
    "slack.SlackDetector",
    "square_oauth.SquareOAuthDetector",
    "stripe.StripeDetector",
    "telegram_token.TelegramBotTokenDetector",
    "twilio.TwilioKeyDetector",
)
_OWN = re.compile(
    r"(?<![\w-])(?:eyJ[\w=-]{10,}\.[\w=-]+(?:\.[\w+/=-]*)?|github_pat_\w{22,}|AIza[\w-]{35}|(?:sk|rk)_(?:live|test)_\w{24,}|"
    r"sk-(?:[a-z]+\d*-){0,2}[A-Za-z0-9_]{16,}[\w-]*|npm_\w{36}|hf_\w{30,}|xap[pb]-[\w-]{20,}|xox[cde]-[\w-]{20,}|ya29\.[\w-]{20,})"
)
_IN_ADDRESS = re.compile(r"://[^\s/:@]*:(?![\"'$<{*\[])([^\s/:@]+)@")  # what begins with such a sign stands for one
_DIGIT = re.compile(r"\d")
_BEGIN, _END = (rf"-{{3,5}} ?{word} (?:[A-Z0-9]+ ){{0,3}}PRIVATE KEY(?: BLOCK)? ?-{{3,5}}" for word in ("BEGIN", "END"))
_LINE = r"[A-Za-z0-9+/]{{{least},}}={{0,2}}"
_HEADER = re.compile(_BEGIN)
_PRIVATE_KEY = re.compile(
    rf"{_BEGIN}(?:(?:(?!-BEGIN )[\s\S]){{0,20000}}?{_END}|(?:\s*{_LINE.format(least=20)})*)|{_END}"
)
_KEY_LINES = re.compile(rf"{_LINE.format(least=48)}(?:\s+{_LINE.format(least=16)})*(?:\s+[A-Za-z0-9+/]+={{1,2}})?")


def access_keys(text: str) -> Iterator[tuple[int, int]]:
    """Where keys and tokens of services stand, as start and end; of an address only the password."""
    yield from (match.span(1) for match in _IN_ADDRESS.finditer(text))
    yield from (match.span() for match in _OWN.finditer(text) if _DIGIT.search(match.group()))
    yield from (match.span() for form in _forms() for match in form.finditer(text) if _DIGIT.search(match.group()))


def private_keys(text: str, *, begun: bool) -> Iterator[tuple[int, int]]:
    """Where private keys stand; with `begun`, their lines too: another block of the document has the header."""
    yield from (match.span() for match in _PRIVATE_KEY.finditer(text))
    if begun:
        yield from (match.span() for match in _KEY_LINES.finditer(text))


def begins_private_key(text: str) -> bool:
    """Whether the header of a private key stands here."""
    return "PRIVATE KEY" in text and bool(_HEADER.search(text))


@cache
def _forms() -> list[re.Pattern[str]]:
    plugins = (path.split(".") for path in _PLUGINS)
    found = (getattr(import_module(f"detect_secrets.plugins.{module}"), name) for module, name in plugins)
    return [form for plugin in found for form in plugin.denylist]
