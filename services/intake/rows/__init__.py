"""Turn rows into draft commands, and tell what is asked, noted or contradicted before any is sent."""
