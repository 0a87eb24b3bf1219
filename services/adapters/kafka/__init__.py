"""On Apache Kafka: the log, announcements of steps, locations of phones."""
