"""A typed client of the server's routes for admins. Nothing here decides anything."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, BinaryIO
from urllib.parse import quote

from app.admin import rows
from app.admin.insight_rows import DriftRow, InsightsRow, insights_row
from app.admin.model_rows import ModelsRow, models_row
from app.admin.rows import made
from app.client import Client


class Admin:
    """Talks to one server for one admin."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def sources(self) -> list[rows.SourceRow]:
        """The sources, each with its last run."""
        found = []
        for one in self._get("/api/admin/sources"):
            run = one["last_run"] and made(rows.RunRow, one["last_run"])
            found.append(made(rows.SourceRow, {**one, "last_run": run}))
        return found

    def failures(self, source: str = "") -> list[rows.FailureRow]:
        """What could not be read, of one source or of all."""
        return [made(rows.FailureRow, one) for one in self._get("/api/admin/failures", source=source)]

    def live_slack(self) -> rows.LiveSlack:
        """How far the copy of the live workspace is."""
        found = self._get("/api/admin/slack")
        channels = tuple(made(rows.ChannelRow, one) for one in found["channels"])
        return made(rows.LiveSlack, {**found, "channels": channels})

    def ingest(self, path: str, audience: str = "", *, retry_failed: bool = False) -> rows.RunRow:
        """Begin a run of a folder on the server, a known source, or `slack`."""
        body = {"path": path, "audience": audience, "retry_failed": retry_failed}
        return made(rows.RunRow, self._client.send("POST", "/api/runs", json=body).json())

    def schedule(self, source: str, every_minutes: int) -> None:
        """Let the server ingest a source every so many minutes; 0: only by hand."""
        self._client.send("PUT", f"/api/sources/{_part(source)}/schedule", json={"every_minutes": every_minutes})

    def delete_source(self, source: str) -> Mapping[str, Any]:
        """Delete a source with all its documents; says what went and where files still are."""
        found: Mapping[str, Any] = self._client.send("DELETE", f"/api/sources/{_part(source)}").json()
        return found

    def upload(self, files: Sequence[tuple[str, BinaryIO]], audience: str) -> rows.RunRow:
        """Send documents; one run ingests them all."""
        *first, (last, file) = files
        headers = {"audience": audience}
        for name, one in first:
            kept = {**headers, "more-to-come": "true"}
            self._client.send("PUT", f"/api/uploads/{_part(name)}", content=one, headers=kept)
        sent = self._client.send("PUT", f"/api/uploads/{_part(last)}", content=file, headers=headers)
        return made(rows.RunRow, sent.json())

    def upload_export(self, name: str, file: BinaryIO, audience: str) -> rows.RunRow:
        """Send a Slack export."""
        place, headers = f"/api/slack-exports/{_part(name)}", {"audience": audience}
        return made(rows.RunRow, self._client.send("PUT", place, content=file, headers=headers).json())

    def runs(self) -> list[rows.RunRow]:
        """The newest runs first."""
        return [made(rows.RunRow, one) for one in self._get("/api/runs")]

    def wish(self, run: int, wish: str) -> None:
        """`pause` or `cancel` a run that goes on."""
        self._client.send("POST", f"/api/runs/{run}/{wish}")

    def documents(self, **wanted: str | int | bool) -> tuple[int, list[rows.DocumentRow]]:
        """How many match, and a page of them; words, uri, source, audience, flagged, first and most choose."""
        found = self._get("/api/admin/documents", **wanted)
        return found["total"], [made(rows.DocumentRow, one) for one in found["documents"]]

    def passages(self, uri: str) -> list[rows.PassageRow]:
        """A document as it was cut."""
        return [made(rows.PassageRow, one) for one in self._get("/api/admin/document/passages", uri=uri)]

    def access(self, uri: str, email: str = "") -> rows.AccessRow:
        """Who can read a document and why; whether this person can."""
        return made(rows.AccessRow, self._get("/api/admin/document/access", uri=uri, email=email))

    def near_copies(self) -> list[list[rows.CopyRow]]:
        """Groups of documents that are nearly the same."""
        return [[made(rows.CopyRow, one) for one in group] for group in self._get("/api/admin/near-copies")]

    def delete_document(self, uri: str) -> Mapping[str, Any]:
        """Delete a document everywhere; returns the receipt."""
        found: Mapping[str, Any] = self._client.send("DELETE", "/api/admin/document", params={"uri": uri}).json()
        return found

    def people(self) -> list[rows.PersonRow]:
        """Everybody who is known."""
        return [made(rows.PersonRow, one) for one in self._get("/api/admin/people")]

    def preview_people(self, file: bytes) -> rows.ChangeRow:
        """What importing this CSV file would change."""
        return made(rows.ChangeRow, self._client.send("POST", "/api/admin/people/preview", content=file).json())

    def import_people(self, file: bytes) -> rows.ChangeRow:
        """Make these the people and the groups."""
        return made(rows.ChangeRow, self._client.send("PUT", "/api/admin/people", content=file).json())

    def audiences(self) -> list[rows.AudienceRow]:
        """All audiences, `everyone` first."""
        return [made(rows.AudienceRow, one) for one in self._get("/api/admin/audiences")]

    def answers(self) -> list[rows.AnswerRow]:
        """All verified answers, those that wait for approval first."""
        return [made(rows.AnswerRow, one) for one in self._get("/api/answers")]

    def propose(self, draft: rows.Drafted, replaced: str = "") -> str:
        """Keep an answer for approval, perhaps in the place of another one; returns its id."""
        method, path = ("PUT", f"/api/answers/{_part(replaced)}") if replaced else ("POST", "/api/answers")
        return str(self._client.send(method, path, json=asdict(draft)).json()["id"])

    def approve(self, answer: str) -> None:
        """Let an answer be given."""
        self._client.send("POST", f"/api/answers/{_part(answer)}/approve")

    def delete_answer(self, answer: str) -> None:
        """Delete an answer everywhere."""
        self._client.send("DELETE", f"/api/answers/{_part(answer)}")

    def import_answers(self, file: bytes) -> int:
        """Keep the answers of a CSV file for approval; returns how many are new or other."""
        return int(self._client.send("POST", "/api/answers.csv", content=file).json()["proposed"])

    def complaints(self) -> list[rows.ComplaintRow]:
        """Answers that were not helpful."""
        return [made(rows.ComplaintRow, one) for one in self._get("/api/admin/review")]

    def deal_with(self, answer: str) -> None:
        """Take a complaint off the list."""
        self._client.send("POST", f"/api/admin/review/{_part(answer)}/done")

    def handed_over(self) -> list[rows.HandedOver]:
        """Questions that people passed on to HR and nobody has taken care of."""
        found = self._get("/api/hr-questions")
        return [made(rows.HandedOver, one) for one in found if one["done_at"] is None]

    def settle(self, question: str) -> None:
        """Take one of these off the list."""
        self._client.send("POST", f"/api/hr-questions/{_part(question)}/settle")

    def unanswered(self) -> list[rows.GroupRow]:
        """Groups of questions that could not be answered."""
        return [made(rows.GroupRow, one) for one in self._get("/api/admin/unanswered")]

    def for_training(self) -> rows.TrainingRow:
        """Helpful answers that a model may learn from once they are approved."""
        found = self._get("/api/admin/training")
        waiting, approved = (tuple(made(rows.LikedRow, one) for one in found[name]) for name in ("waiting", "approved"))
        return rows.TrainingRow(waiting, approved, found["against"])

    def let_learn(self, answer: str, *, approved: bool) -> None:
        """Let models learn from one, or no more."""
        self._client.send("PUT" if approved else "DELETE", f"/api/admin/training/{_part(answer)}")

    def insights(self, days: int) -> InsightsRow:
        """How the questions of the last days ended; at once, without the drift."""
        return insights_row(self._get("/api/insights", days=days, with_drift=False))

    def drift(self, days: int) -> DriftRow:
        """Whether questions are about what the documents are about; takes some seconds."""
        return made(DriftRow, self._get("/api/insights/drift", days=days))

    def models(self) -> ModelsRow:
        """What answers, and the versions of the company's model."""
        return models_row(self._get("/api/admin/models"))

    def card(self, version: str) -> str:
        """A version's model card, as Markdown."""
        return str(self._get(f"/api/admin/models/{version}/card")["card"])

    def promote(self, version: str, reason: str) -> str:
        """Let a version answer; returns why it may."""
        sent = self._client.send("POST", f"/api/admin/models/{version}/promote", json={"reason": reason})
        return str(sent.json()["why"])

    def roll_back(self, reason: str) -> str:
        """Let the version before answer; returns which, empty: quotes."""
        sent = self._client.send("POST", "/api/admin/models/roll-back", json={"reason": reason})
        return str(sent.json()["version"])

    def health(self) -> rows.HealthRow:
        """How the home is."""
        return made(rows.HealthRow, self._get("/api/admin/health"))

    def settings(self) -> list[rows.SettingRow]:
        """The settings with their origin."""
        return [made(rows.SettingRow, one) for one in self._get("/api/admin/settings")]

    def accounts(self) -> list[rows.AccountRow]:
        """Everybody with how they come in."""
        return [made(rows.AccountRow, one) for one in self._get("/api/accounts")]

    def invite(self, email: str, name: str, groups: Sequence[str]) -> str:
        """Make somebody known; returns the link to give them, where passwords are used."""
        body = {"email": email, "name": name, "groups": list(groups)}
        return str(self._client.send("POST", "/api/accounts", json=body).json()["link"])

    def password_link(self, email: str) -> str:
        """A link with which somebody chooses a new password; empty where nobody has one."""
        return str(self._client.send("POST", f"/api/accounts/{_part(email)}/link").json()["link"])

    def suspend(self, email: str) -> None:
        """Shut somebody out."""
        self._client.send("PUT", f"/api/accounts/{_part(email)}/suspended")

    def resume(self, email: str) -> None:
        """Let somebody in again."""
        self._client.send("DELETE", f"/api/accounts/{_part(email)}/suspended")

    def keys(self) -> list[rows.KeyRow]:
        """All keys, newest first."""
        return [made(rows.KeyRow, one) for one in self._get("/api/keys")]

    def make_key(self, name: str, scope: str, days: int) -> str:
        """A new key of ours; returns its token, which is told this once."""
        body = {"name": name, "scope": scope, "days": days}
        return str(self._client.send("POST", "/api/keys", json=body).json()["key"])

    def revoke_key(self, key: str) -> None:
        """Let a key open nothing any more."""
        self._client.send("DELETE", f"/api/keys/{_part(key)}")

    def audit(self) -> list[rows.AuditRow]:
        """What admins did, newest first."""
        return [made(rows.AuditRow, one) for one in self._get("/api/audit")]

    def csv(self, what: str, **params: int) -> bytes:
        """A CSV file: `admin/documents`, `admin/people`, `answers` or `insights/TABLE`."""
        return self._client.send("GET", f"/api/{what}.csv", params=params).content

    def _get(self, path: str, **params: str | int | bool) -> Any:
        return self._client.send("GET", path, params=params).json()


def _part(name: str) -> str:
    """A part of a path, whatever it holds."""
    return quote(name, safe="")
