"""The real server with one system call spoilt, for every call that it makes.

`python -m tests.explorer` counts the calls of one undisturbed play, then plays it again for
each: killed at the call, or with the call failing. What uvloop and SQLite call on Linux, as
`strace` shows, is `write` (and rarely `writev`) for sockets, and on the writer's thread
`pwrite64` and `fdatasync`, at a checkpoint `ftruncate` and `unlink`. `sendto` and `sendmsg`
do not occur.
"""
