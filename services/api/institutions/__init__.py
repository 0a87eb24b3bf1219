"""What the pages of the institutions read: answers at an instant, papers, and the public map."""
