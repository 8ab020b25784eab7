"""The pages where people sign in, as HTML. Pure: values in, a page out. No script runs on them, nothing is loaded."""

from html import escape
from urllib.parse import quote

_ICON = (
    '<svg viewBox="0 0 32 32" width="40" height="40" aria-hidden="true"><rect width="32" height="32" rx="7" '
    'fill="#1f6f78"/><path d="M7 9h18v11H15l-5 5v-5H7z" fill="#fff"/></svg>'
)
_STYLE = """
:root { color-scheme: light dark; --back: #f4f6f7; --card: #fff; --ink: #1c2526; --soft: #5a6668; --line: #cfd8d9;
  --main: #1f6f78; --on-main: #fff; --bad: #9c1c1c; --bad-back: #fdecec; --good: #1d5b2e; --good-back: #e8f5ec; }
@media (prefers-color-scheme: dark) { :root { --back: #0f1516; --card: #182022; --ink: #e9eff0; --soft: #a3b0b2;
  --line: #3a474a; --main: #5bb8c2; --on-main: #06191b; --bad: #ffb4b4; --bad-back: #3a1d1f; --good: #a9e0ba;
  --good-back: #16301f; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px 16px; background: var(--back);
  color: var(--ink); font: 16px/1.5 "Source Sans", system-ui, -apple-system, "Segoe UI", sans-serif; }
main { width: 100%; max-width: 400px; background: var(--card); border: 1px solid var(--line); border-radius: 14px;
  padding: 32px 28px; box-shadow: 0 8px 30px rgb(0 0 0 / 6%); }
header { display: flex; align-items: center; gap: 12px; margin-bottom: 20px; font-weight: 600; font-size: 18px; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 8px; }
p { margin: 0 0 16px; color: var(--soft); overflow-wrap: anywhere; }
label { display: block; font-weight: 600; margin: 16px 0 6px; }
input { width: 100%; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line);
  border-radius: 8px; padding: 10px 12px; }
button, .button { display: block; width: 100%; text-align: center; text-decoration: none; font: inherit;
  font-weight: 600; margin-top: 24px; padding: 11px 16px; border: 0; border-radius: 8px; background: var(--main);
  color: var(--on-main); cursor: pointer; }
button:hover, .button:hover { filter: brightness(1.08); }
input:focus-visible, button:focus-visible, a:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
a { color: var(--main); }
[role=alert], [role=status] { border-radius: 8px; padding: 10px 12px; margin: 0 0 8px; overflow-wrap: anywhere; }
[role=alert] { background: var(--bad-back); color: var(--bad); }
[role=status] { background: var(--good-back); color: var(--good); }
small { display: block; margin-top: 6px; color: var(--soft); }
footer { margin-top: 20px; font-size: 14px; color: var(--soft); }
"""
_RULE = "At least 12 characters; a few words are easy to remember."
_FORGOTTEN = "No account yet, or the password forgotten? An admin can give you a link."


def sign_in(email: str, after: str, failure: str = "") -> str:
    """Where somebody types address and password. `after` is where they wanted to go."""
    fields = (
        _hidden("after", after)
        + _field("E-mail address", "email", "email", email, "username")
        + _field("Password", "password", "password", "", "current-password")
    )
    text = "<p>Ask about your company's policies, with sources.</p>"
    return _page("Sign in", text + _form("/login", fields, "Sign in", failure) + f"<footer>{_FORGOTTEN}</footer>")


def with_provider(after: str, failure: str = "") -> str:
    """The way to the company's own sign-in."""
    button = (
        f'<a class="button" href="/oidc/start?after={quote(after, safe="/")}">Sign in with your company account</a>'
    )
    text = "<p>Frontdesk knows you by your company's own sign-in.</p>"
    return _page("Sign in", text + _alert(failure) + button)


def welcome(link: str, email: str, *, first: bool, failure: str = "", name: str = "") -> str:
    """Where somebody who has a link chooses a password; the first admin says who they are."""
    fields = _hidden("link", link)
    if first:
        fields += _field("Your name", "name", "text", name, "name")
        fields += _field("E-mail address", "email", "email", email, "username")
    else:
        fields += f'<input type="hidden" name="email" autocomplete="username" value="{escape(email)}">'
    fields += _field("New password", "password", "password", "", "new-password", _RULE)
    title = "Become the first admin" if first else "Choose your password"
    text = "You can let in others from then on." if first else f"For {escape(email)}. You are signed in with it."
    return _page(title, f"<p>{text}</p>" + _form("/welcome", fields, "Save and sign in", failure))


def account(email: str, failure: str = "", done: str = "") -> str:
    """Where somebody who is signed in changes their password."""
    fields = _field("Present password", "old", "password", "", "current-password") + _field(
        "New password", "new", "password", "", "new-password", _RULE
    )
    told = f'<div role="status">{escape(done)}</div>' if done else ""
    text = f"<p>You are signed in as {escape(email)}. Everywhere else you are signed out when you change it.</p>"
    foot = '<footer><a href="/">Back to Frontdesk</a></footer>'
    return _page("Your password", text + told + _form("/account", fields, "Change the password", failure) + foot)


def sign_out() -> str:
    """Asks once more where a link of another page may have led here."""
    return _page("Sign out?", _form("/logout", "", "Sign out", "") + '<footer><a href="/">Stay</a></footer>')


def notice(title: str, text: str) -> str:
    """Something to tell, and the way back to the sign-in."""
    return _page(title, f'<p>{escape(text)}</p><a class="button" href="/login">Sign in</a>')


def safe_place(after: str) -> str:
    """Where to go after the sign-in: a place on this page, else its start; never another site."""
    is_own = after.startswith("/") and not after.startswith(("//", "/\\")) and after.isprintable()
    return after if is_own and "\\" not in after else "/"


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} - Frontdesk</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<style>{_STYLE}</style></head><body><main><header>{_ICON}<span>Frontdesk</span></header>"
        f"<h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def _form(action: str, fields: str, button: str, failure: str) -> str:
    return f'{_alert(failure)}<form method="post" action="{action}">{fields}<button>{escape(button)}</button></form>'


def _alert(failure: str) -> str:
    return f'<div role="alert">{escape(failure)}</div>' if failure else ""


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


def _field(label: str, name: str, kind: str, value: str, filled_by: str, hint: str = "") -> str:
    described = f' aria-describedby="{name}-hint"' if hint else ""
    told = f'<small id="{name}-hint">{escape(hint)}</small>' if hint else ""
    return (
        f'<label for="{name}">{escape(label)}</label><input id="{name}" name="{name}" type="{kind}" required '
        f'maxlength="256" autocomplete="{filled_by}" value="{escape(value)}"{described}>{told}'
    )
