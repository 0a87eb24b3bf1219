"""Parse cells as values of fields: numbers, instants, ids, areas and enterprises."""
