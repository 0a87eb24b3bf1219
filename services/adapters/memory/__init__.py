"""In memory, for the time of a question: views of rows that were computed elsewhere."""
