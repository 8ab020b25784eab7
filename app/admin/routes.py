"""All routes for admins, in one list."""

from app.admin.document_routes import ROUTES as DOCUMENTS
from app.admin.health_routes import ROUTES as HEALTH
from app.admin.model_routes import ROUTES as MODELS
from app.admin.people_routes import ROUTES as PEOPLE
from app.admin.review_routes import ROUTES as REVIEW
from app.admin.source_routes import ROUTES as SOURCES

ROUTES = [*DOCUMENTS, *SOURCES, *PEOPLE, *REVIEW, *MODELS, *HEALTH]
