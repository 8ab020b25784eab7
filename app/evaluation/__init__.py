"""What `frontdesk evaluate` is made of: sets of questions, their measures, the peers, and how it is shown."""
