"""What imported sheets said last time, row by row."""
