"""A process that asks to write, as one that rebuilds views does, and is killed before it hears the answer."""

import os
import signal
import socket

if __name__ == "__main__":
    connection = socket.socket(fileno=os.dup(0))
    connection.sendall(b"asks\n")
    os.kill(os.getpid(), signal.SIGKILL)
