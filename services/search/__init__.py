"""What is searched by text: ids, call signs and names, people's sealed names among them, in memory only."""
