"""What persons and channels chose is kept, each for its own workspace."""

from sqlalchemy import Engine

from app.slack_choices import close_channel, open_channel, open_channels, opt_in, opt_out, opted_out


def test_a_person_opts_out_and_in_again(ledger: Engine) -> None:
    for user in ("U1", "U2", "U1"):
        opt_out(ledger, "T1", user)
    opt_out(ledger, "T2", "U3")
    assert opted_out(ledger, "T1") == {"U1", "U2"}
    opt_in(ledger, "T1", "U1")
    opt_in(ledger, "T1", "U9")
    assert [set(opted_out(ledger, team)) for team in ("T1", "T2")] == [{"U2"}, {"U3"}]


def test_a_channel_is_opened_and_closed_again(ledger: Engine) -> None:
    for channel in ("C1", "C2", "C1"):
        open_channel(ledger, "T1", channel)
    open_channel(ledger, "T2", "C3")
    assert open_channels(ledger, "T1") == {"C1", "C2"}
    close_channel(ledger, "T1", "C1")
    close_channel(ledger, "T1", "C9")
    assert [set(open_channels(ledger, team)) for team in ("T1", "T2")] == [{"C2"}, {"C3"}]
    assert opted_out(ledger, "T1") == set()
