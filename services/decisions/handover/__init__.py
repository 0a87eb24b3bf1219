"""Handover notes: written by one shift, acknowledged by the next, then resolved."""
