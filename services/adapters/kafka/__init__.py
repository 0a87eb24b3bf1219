"""Adapters on Apache Kafka: the log, step announcements, phones' locations."""
