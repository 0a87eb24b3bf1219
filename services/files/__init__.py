"""Pictures and recordings beside the log, sealed under the key of the request or difficulty that has them."""
