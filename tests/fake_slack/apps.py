"""The method that an app in Socket Mode begins with."""

from tests.fake_slack.method import Call, method
from tests.fake_slack.wire import JSON


@method("apps.connections.open", "connections:write", app_token=True)
def open_connection(call: Call) -> JSON:
    return {"url": call.workspace.connection_url()}
