"""What happened: the events, the commit that groups them, and the rules every reader shares. Pure."""
