"""Threads share heaps where memory is allocated by glibc."""

import subprocess
import sys

COUNT = """
import ctypes, os, threading
from services.base.memory import few_heaps
few_heaps(2)
here = threading.Barrier(8)
def work():
    kept = bytearray(4000)  # too large for Python's own pools
    here.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
for one in threads:
    one.start()
for one in threads:
    one.join()
libc = ctypes.CDLL("libc.so.6")
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(b"/dev/stdout", b"w"))
libc.malloc_info(0, file)
libc.fflush(file)
"""


def test_threads_share_heaps():
    found = subprocess.run([sys.executable, "-c", COUNT], capture_output=True, text=True, check=True)
    assert 1 <= found.stdout.count("<heap nr=") <= 2
