"""Reviews of enterprises: sent on the path, judged, sent back, delegated, gone up."""
