"""The alliance: members, joint meetings, commitments and relief."""
