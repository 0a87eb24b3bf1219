"""The projectors: Faust agents that fold the log into the views. Never in one process with the API."""
