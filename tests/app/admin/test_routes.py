"""Every route of admins refuses everybody else."""

import httpx

from app.admin.routes import ROUTES
from app.client import AS_HEADER
from tests.app.admin.conftest import EMPLOYEE


def test_who_is_no_admin_gets_nothing_from_any_route_of_admins(reader: httpx.Client) -> None:
    for path, method, _ in ROUTES:
        place = path.format(source="office", answer="a:1", name="a.zip", number=1)
        params = {"uri": "office/leave.md"} if "document/" in f"{path}/" else {}
        for email in (EMPLOYEE, ""):
            response = reader.request(method, place, params=params, headers={AS_HEADER: email})
            assert (path, method, response.status_code) == (path, method, 403)
    assert reader.get("/api/admin/documents").json()["total"] == 5
