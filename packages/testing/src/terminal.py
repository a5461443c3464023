"""Runs a program on a terminal of its own: terminal.py PROMPT KEYS PROGRAM [ARGUMENT...]

Sends KEYS (with Python's escapes) once PROMPT has appeared, and prints as JSON what the terminal showed, how the
program ended (minus the signal, if one ended it) and whether the terminal is as it was before."""

import json
import os
import pty
import select
import subprocess
import sys
import termios

prompt, keys, *program = sys.argv[1:]
master, terminal = pty.openpty()
before = termios.tcgetattr(terminal)
child = subprocess.Popen(program, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True)
shown = b""
sent = False
while True:
    ready, _, _ = select.select([master], [], [], 0.05)
    if ready:
        shown += os.read(master, 65536)
    elif child.poll() is not None:
        break
    if not sent and prompt.encode() in shown:
        os.write(master, keys.encode().decode("unicode_escape").encode("latin-1").decode().encode())
        sent = True
after = termios.tcgetattr(terminal)
print(json.dumps({"shown": shown.decode(), "code": child.returncode, "isRestored": before == after}))
