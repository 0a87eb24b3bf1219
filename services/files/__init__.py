"""Pictures sealed under the key of the request they belong to, stored beside the log."""
