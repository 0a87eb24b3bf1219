"""What decides or touches the world."""
