"""What admins see and do: documents, sources, people, review, health. Every route asks `authorize` first."""
