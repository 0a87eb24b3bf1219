"""Views for screens, folded from events. Pure; one file per view, found by discovery."""
