"""The system calls that student code may make, as a filter for the kernel: what NumPy and Python need, no more.

It is compiled by libseccomp, once per trusted process, and handed to the workers as bytes; each child installs it.
"""

from __future__ import annotations

import errno
import sys
import tempfile
from contextlib import suppress
from functools import cache

_ALLOWED = """
access arch_prctl brk chdir clock_getres clock_gettime clock_nanosleep close dup exit exit_group faccessat faccessat2
fstat fstatfs getcwd getdents64 getegid geteuid getgid getitimer getpgrp getpid getppid getrandom getrlimit
getrusage gettid gettimeofday getuid getsid lseek lstat membarrier mmap mprotect mremap munmap nanosleep
newfstatat poll ppoll pread64 pselect6 read readlink readlinkat readv restart_syscall rseq rt_sigaction
rt_sigpending rt_sigprocmask rt_sigreturn rt_sigsuspend sched_getaffinity sched_yield select set_robust_list
set_tid_address setitimer sigaltstack stat statfs statx time times uname write writev
""".split()

_OPEN_FOR_WRITING = 0o1 | 0o2 | 0o100 | 0o1000 | 0o20000000  # O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_TMPFILE's own bit
_PRIVATE = 128  # of a futex: in memory of one's own; in a mapped file, it would wake others that have mapped it too
_ADVICE = (4, 8, 14, 15)  # on memory: what `free` and NumPy give; others move pages that are not one's own alone
_DUPLICATE, _GET_FLAGS, _SET_FLAGS, _GET_STATUS = 1030, 1, 2, 3  # of fcntl: no owners, locks, leases, pipe sizes


@cache
def compiled() -> tuple[bytes, str]:
    """The filter, or nothing and why there is none."""
    if sys.platform != "linux":
        return b"", "there is seccomp on Linux alone"
    try:
        import pyseccomp  # noqa: PLC0415  it loads a C library, which may not be there
    except (ImportError, RuntimeError, OSError) as error:
        return b"", f"libseccomp is not installed ({error})"
    made = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    arg, equal, masked = pyseccomp.Arg, pyseccomp.EQ, pyseccomp.MASKED_EQ
    for name in _ALLOWED:
        _add(made, pyseccomp.ALLOW, name)
    _add(made, pyseccomp.ALLOW, "open", arg(1, masked, _OPEN_FOR_WRITING, 0))
    _add(made, pyseccomp.ALLOW, "openat", arg(2, masked, _OPEN_FOR_WRITING, 0))
    _add(made, pyseccomp.ALLOW, "futex", arg(1, masked, _PRIVATE, _PRIVATE))
    for advice in _ADVICE:
        _add(made, pyseccomp.ALLOW, "madvise", arg(2, equal, advice))
    for command in (_DUPLICATE, _GET_FLAGS, _SET_FLAGS, _GET_STATUS):
        _add(made, pyseccomp.ALLOW, "fcntl", arg(1, equal, command))
    _add(made, pyseccomp.ALLOW, "prlimit64", arg(0, equal, 0))  # on oneself alone
    _add(made, pyseccomp.ERRNO(errno.ENOSYS), "clone3")  # callers then fall back to clone, which is refused
    _add(made, pyseccomp.ERRNO(errno.ENOTTY), "ioctl")  # what `isatty` asks
    with tempfile.TemporaryFile() as file:
        made.export_bpf(file)
        file.seek(0)
        return file.read(), ""


def _add(made: object, action: object, name: str, *conditions: object) -> None:
    with suppress(OSError, RuntimeError, ValueError):  # a call that this kind of processor does not have
        made.add_rule(action, name, *conditions)  # type: ignore[attr-defined]
