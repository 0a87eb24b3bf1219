"""A process that asks to write, as one that rebuilds views does, and is killed before it reads the answer."""

import os
import signal
import socket

if __name__ == "__main__":
    connection = socket.socket(fileno=os.dup(0))
    connection.sendall(b"asks\n")
    connection.recv(1, socket.MSG_PEEK)  # it is there, and stays unread
    os.kill(os.getpid(), signal.SIGKILL)
