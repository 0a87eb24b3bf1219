"""Awards, given for approved nominations."""
