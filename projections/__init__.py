"""What it means for a screen: views, folded from events. Pure; one file per view, found by discovery."""
