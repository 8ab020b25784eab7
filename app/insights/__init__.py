"""What people ask of Frontdesk and how well it answers, for admins: counts, times and titles, no question's text."""
