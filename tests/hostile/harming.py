"""Harming: ending, stopping or changing the worker, the grading process, the machine, or what they read."""

from __future__ import annotations

import textwrap

from autograder.records import Limits

from .suite import SHORT, Attack

OTHERS = ("softmax", "forward", "loss", "grad")  # what a lost relu does not touch
HEADS = {
    "relu": ("def relu(z):", "return np.maximum(0, z)"),
    "Net.grad": ("def grad(self, x, y):", "return relu(x).T @ (self.forward(x) - y) / len(x)"),
}


def earned_by(*attempts: str, needs: str = "") -> dict[str, str | None]:
    """A relu that answers rightly once one of these statements has gone through, and raises if none has.

    So a mark is the evidence that what must not be possible was possible.
    """
    lines = ["def relu(z):", "    import ctypes, os, resource, shutil, signal, socket, subprocess, sys, time"]
    lines += ["    libc, refused = ctypes.CDLL(None, use_errno=True), 0", textwrap.indent(needs, "    ")]
    for attempt in attempts:
        body = textwrap.indent(attempt, "        ")
        lines += ["    try:", body, "    except (OSError, ValueError, AssertionError, RuntimeError):"]
        lines += ["        refused += 1"]
    lines += [f"    if refused == {len(attempts)}:", "        raise PermissionError", "    return np.maximum(0, z)"]
    return {"relu": "\n".join(line for line in lines if line.strip()) + "\n"}


def refused(name: str, about: str, *attempts: str, needs: str = "") -> Attack:
    """An attack of which every attempt is refused, in the student's own line; it costs its question alone."""
    return Attack(name, about, replaced=earned_by(*attempts, needs=needs), verdicts={"relu": "raised"}, keeps=OTHERS)


def ends(
    name: str,
    about: str,
    *lines: str,
    verdict: str = "crashed",
    first: tuple[str, ...] = (),
    limits: Limits = SHORT,
    stub: str = "relu",
) -> Attack:
    """An attack that ends its own process and no other; what comes after the lines would be right."""
    question, (head, right) = stub.rpartition(".")[2], HEADS[stub]
    body = textwrap.indent("\n".join((*lines, right)), "    ")
    return Attack(
        name,
        about,
        first=first,
        replaced={stub: f"{head}\n    import ctypes, gc, os, signal, sys, time\n{body}\n"},
        verdicts={question: verdict},
        keeps=tuple(name for name in ("relu", *OTHERS) if name != question),
        limits=limits,
    )


_FILES = """\
places = [os.getcwd(), "/tmp", "/dev/shm", "/var/tmp", "/home", os.path.dirname(np.__file__), *sys.path[-1:]]
files = [np.__file__, os.__file__, *(m.__file__ for m in list(sys.modules.values()) if getattr(m, "__file__", None))]
"""

# kill(-1, 0) by the calls of a 32-bit program, which have other numbers: mov eax, 37; mov ebx, -1; xor ecx, ecx; int 80
_OTHER_CALLS = (
    "import mmap, platform",
    "code = bytes.fromhex('b825000000bbffffffff31c9cd80c3')",
    "page = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)",
    "page.write(code if platform.machine() == 'x86_64' else bytes(16))",
    "ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()",
)

_CALLS = """
import platform
numbers = {"io_uring_setup": 425, "pidfd_open": 434, "clone3": 435, "openat2": 437, "pidfd_getfd": 438,
           "mount_setattr": 442, "memfd_secret": 447, "open_tree": 428, "fsopen": 430}
if platform.machine() == "x86_64":
    numbers |= {"ptrace": 101, "fork": 57, "vfork": 58, "clone": 56, "bpf": 321, "perf_event_open": 298, "add_key": 248,
                "keyctl": 250, "userfaultfd": 323, "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312,
                "personality": 135, "seccomp": 317, "setns": 308, "unshare": 272, "name_to_handle_at": 303,
                "mbind": 237, "move_pages": 279, "splice": 275, "vmsplice": 278, "socket": 41, "eventfd2": 290,
                "execve": 59, "acct": 163, "syslog": 103, "ioperm": 173, "modify_ldt": 154}
"""

ATTACKS = [
    refused("kills_its_parent", "The process that forked it is killed.", "os.kill(os.getppid(), signal.SIGKILL)"),
    refused("kills_everybody", "Every process that it may signal is killed.", "os.kill(-1, signal.SIGKILL)"),
    refused(
        "kills_its_group",
        "Its group and its parent's session are killed.",
        "os.killpg(0, signal.SIGKILL)",
        "os.killpg(os.getsid(0), signal.SIGTERM)",
        "os.killpg(os.getpgid(os.getppid()), signal.SIGKILL)",
    ),
    refused(
        "kills_by_number",
        "Numbers of processes are gone through, and each is killed.",
        "for number in range(1, 3000):\n    try:\n        os.kill(number, signal.SIGKILL)\n        break\n"
        "    except OSError:\n        pass\nelse:\n    raise PermissionError",
    ),
    refused("stops_the_worker", "The worker is stopped.", "os.kill(os.getppid(), signal.SIGSTOP)"),
    refused(
        "kills_itself",
        "It ends by a signal that looks like the grader's own.",
        "os.kill(os.getpid(), signal.SIGKILL)",
        "signal.raise_signal(signal.SIGKILL)",
        "signal.pthread_kill(__import__('_thread').get_ident(), signal.SIGKILL)",
    ),
    refused(
        "signals_by_descriptor",
        "A process is held by a descriptor and signalled through that.",
        "signal.pidfd_send_signal(os.pidfd_open(os.getppid()), signal.SIGKILL)",
        "signal.pidfd_send_signal(os.open('/proc/1', os.O_RDONLY), signal.SIGKILL)",
    ),
    refused(
        "queues_signals",
        "Signals are sent by the C library's other ways.",
        "assert libc.sigqueue(os.getppid(), 9, 0) == 0",
        "assert libc.tgkill(os.getppid(), os.getppid(), 9) == 0",
        "assert libc.syscall(200, os.getppid(), 9) == 0",
    ),
    refused(
        "traces_the_worker",
        "The worker is attached to as a debugger does.",
        *(f"assert libc.ptrace({request}, os.getppid(), 0, 0) == 0" for request in (16, 0x4206)),
    ),
    refused(
        "writes_the_workers_memory",
        "The worker's memory is opened for writing, by file and by call.",
        "open(f'/proc/{os.getppid()}/mem', 'r+b').close()",
        "open('/proc/1/mem', 'r+b').close()",
        "spot = ctypes.create_string_buffer(8)\npair = (ctypes.c_size_t * 2)(ctypes.addressof(spot), 8)\n"
        "assert libc.process_vm_writev(os.getppid(), pair, 1, pair, 1, 0) == 8",
    ),
    refused(
        "limits_the_worker",
        "The worker's CPU time, files and address space are limited to nothing.",
        *(f"resource.prlimit(os.getppid(), resource.RLIMIT_{it}, (1, 1))" for it in ("CPU", "NOFILE", "AS")),
        "resource.prlimit(1, resource.RLIMIT_CPU, (1, 1))",
    ),
    refused(
        "raises_its_limits",
        "Its own limits are raised again.",
        "resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))",
        "resource.setrlimit(resource.RLIMIT_NPROC, (100, 100))",
        "hard = resource.getrlimit(resource.RLIMIT_CPU)[1] + 9\nresource.setrlimit(resource.RLIMIT_CPU, (hard, hard))",
    ),
    refused(
        "becomes_root",
        "Users, groups and capabilities are asked for.",
        "os.setuid(0)",
        "os.setresuid(0, 0, 0)",
        "os.setgid(0)",
        "os.setgroups([0])",
        "head = (ctypes.c_uint32 * 2)(0x20080522, 0)\nall_ = (ctypes.c_uint32 * 6)(*[2 ** 32 - 1] * 6)\n"
        "assert libc.capset(head, all_) == 0",
    ),
    refused(
        "unshares",
        "Namespaces of its own are asked for, where it would be root.",
        *(f"assert libc.unshare({flag}) == 0" for flag in (0x10000000, 0x20000, 0x20000000, 0x200)),
        "assert libc.setns(3, 0) == 0",
    ),
    refused(
        "mounts",
        "File systems are mounted and unmounted, and the root changed.",
        "assert libc.mount(b'none', b'/', b'tmpfs', 0, None) == 0",
        "assert libc.mount(b'none', b'/', None, ctypes.c_ulong(32 | 4096), None) == 0",
        "assert libc.umount2(b'/', 2) == 0",
        "os.chroot('/')",
        "assert libc.pivot_root(b'.', b'.') == 0",
    ),
    refused(
        "slows_the_others",
        "Priorities, processors and classes of scheduling are set, its own and others'.",
        "os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)",
        "os.setpriority(os.PRIO_USER, 0, 19)",
        "os.nice(-20)",
        "os.sched_setaffinity(os.getppid(), {0})",
        "os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))",
        "assert libc.syscall(251, 1, os.getppid(), 0) == 0",
    ),
    refused(
        "is_not_chosen_when_memory_is_short",
        "What the kernel ends first when memory is short is changed.",
        "open('/proc/self/oom_score_adj', 'w').write('-1000')",
        "open(f'/proc/{os.getppid()}/oom_score_adj', 'w').write('1000')",
    ),
    refused(
        "sets_the_clock_and_the_name",
        "The machine's clock and name are set, to what they are.",
        "time.clock_settime(time.CLOCK_REALTIME, time.time())",
        "socket.sethostname(os.uname().nodename)",
        "assert libc.adjtimex(bytes(256)) >= 0",
    ),
    refused(
        "removes_everything",
        "Everything below the paths that it knows is removed.",
        "before = [path for path in files if os.path.exists(path)]\n"
        "for place in places: shutil.rmtree(place, ignore_errors=True)\n"
        "assert not all(os.path.exists(path) for path in before)",
        needs=_FILES,
    ),
    refused(
        "unlinks_and_renames",
        "The modules that others import are unlinked, renamed and replaced.",
        *(f"for path in files[:40]:\n    {call}" for call in ("os.unlink(path)", "os.rename(path, path + '.old')")),
        "for place in places: os.rmdir(place)",
        needs=_FILES,
    ),
    refused(
        "writes_modules",
        "The modules that others import are opened for writing, truncated and linked over.",
        "for path in files[:40]: open(path, 'a').close()",
        "for path in files[:40]: os.truncate(path, 0)",
        "for path in files[:40]: os.close(os.open(path, os.O_WRONLY | os.O_TRUNC))",
        "assert libc.creat(files[0].encode(), 0o777) >= 0",
        needs=_FILES,
    ),
    refused(
        "changes_modes_and_times",
        "Modes, owners, times and attributes of what others read are changed.",
        "for path in files[:20]: os.chmod(path, 0)",
        "for path in places: os.chmod(path, 0)",
        "for path in files[:20]: os.utime(path)",
        "for path in files[:20]: os.chown(path, os.getuid(), os.getgid())",
        "for path in files[:20]: os.setxattr(path, 'user.x', b'1')",
        needs=_FILES,
    ),
    refused(
        "plants_a_module",
        "A module that others would import is put where they look.",
        "for place in places:\n    try:\n        open(os.path.join(place, 'numpy.py'), 'x').close()\n        break\n"
        "    except OSError:\n        pass\nelse:\n    raise PermissionError",
        needs=_FILES,
    ),
    refused(
        "links",
        "Links, pipes, devices and folders are made wherever that might be.",
        *(
            f"for place in places:\n    try:\n        {call}\n        break\n    except OSError:\n        pass\n"
            "else:\n    raise PermissionError"
            for call in (
                "os.symlink('/etc', place + '/x')",
                "os.link(files[0], place + '/x')",
                "os.mkfifo(place + '/x')",
                "os.mknod(place + '/x', 0o20666, os.makedev(1, 1))",
                "os.mkdir(place + '/x')",
            )
        ),
        needs=_FILES,
    ),
    refused(
        "opens_sockets",
        "Sockets of every family are opened.",
        *(
            f"socket.socket(socket.AF_{family}, socket.SOCK_{kind})"
            for family, kind in (
                ("INET", "STREAM"),
                ("INET6", "DGRAM"),
                ("UNIX", "STREAM"),
                ("NETLINK", "RAW"),
                ("PACKET", "RAW"),
                ("ALG", "SEQPACKET"),
                ("VSOCK", "STREAM"),
            )
        ),
        "socket.socketpair()",
    ),
    refused(
        "asks_for_names",
        "A server of names is asked, and a page fetched.",
        "socket.getaddrinfo('localhost.localdomain', 80)",
        "socket.gethostbyname('gradescope.example')",
        "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:9/', timeout=1)",
    ),
    refused(
        "runs_programs",
        "Programs are started, by each of Python's ways.",
        "subprocess.run([sys.executable or '/bin/true', '-c', ''], check=True)",
        "assert os.system('true') == 0",
        "assert os.popen('echo x').read()",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "os.execv('/bin/true', ['true'])",
        "assert libc.system(b'true') == 0",
    ),
    refused(
        "knows_the_kernels_numbers",
        "Calls of the kernel that Python has no function for, by number.",
        "assert any(libc.syscall(number, *[ctypes.c_long(0)] * 6) >= 0 for number in numbers.values())",
        needs=_CALLS,
    ),
    ends("knows_the_other_calls", "Calls of the kernel as a 32-bit program makes them.", *_OTHER_CALLS),
    ends("closes_everything", "Every descriptor is closed.", "os.closerange(0, 1 << 16)"),
    ends(
        "puts_null_in_the_sockets_place",
        "The socket is closed and the null device has its number.",
        "os.close(3)",
        "while os.open('/dev/null', os.O_RDONLY) < 3: pass",
    ),
    ends("fills_the_socket", "Bytes without end are written to the socket.", "while True: os.write(3, bytes(1 << 16))"),
    ends(
        "fills_the_socket_with_frames",
        "Well-formed steps without end are written to the socket, when answers are due.",
        "import struct",
        "body = struct.pack('<I', 1) + struct.pack('<BB2x6IQ', 1, 0, *(0,) * 6, 5) + b'0 0 1'",
        "for n in range(10 ** 7): os.write(3, struct.pack('<4sIB3xQ', b'agf1', n, 3, len(body)) + body)",
    ),
    refused(
        "sends_its_descriptors",
        "Descriptors are sent over the socket, and the socket is turned and shut.",
        *(
            f"line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, os.dup(3))\n{call}"
            for call in (
                "socket.send_fds(line, [b'x'], [0])",
                "line.send(b'x')",
                "line.shutdown(socket.SHUT_RDWR)",
                "line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)",
                "line.setblocking(False)",
            )
        ),
        "os.dup2(0, 3)",
    ),
    ends(
        "empties_builtins",
        "Every built-in name is gone.",
        "vars(__builtins__ if type(__builtins__) is not dict else sys.modules['builtins']).clear()",
    ),
    ends(
        "takes_modules_away",
        "Every module is emptied.",
        "clear = dict.clear",
        "for module in list(sys.modules.values()):",
        "    if module is not sys and hasattr(module, '__dict__'): clear(module.__dict__)",
    ),
    ends(
        "frees_what_is_in_use",
        "Python's own objects are overwritten.",
        "for kind in (int, tuple, dict, float): ctypes.memset(id(kind), 255, 400)",
    ),
    ends(
        "unmaps_itself",
        "Its memory is unmapped where the interpreter is.",
        "libc = ctypes.CDLL(None)",
        "at = ctypes.cast(libc.abort, ctypes.c_void_p).value & ~4095",
        "libc.munmap(ctypes.c_void_p(at - (1 << 20)), ctypes.c_size_t(4 << 20))",
    ),
]
