"""Workers: who they are, and their duty."""
