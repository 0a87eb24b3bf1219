"""Activities of the alliance, with sign-up and attendance."""
