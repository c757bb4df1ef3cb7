import CBox
import Glibc
import IO

// # Which system calls a box may make
//
// A list of what is allowed; all else fails with ENOSYS, as on an old kernel, so that the C
// library takes another way, and what is an attack wherever it comes from with EPERM. Engines
// get no exec, no fork, no socket: js what an engine with threads needs and what reads inputs and
// empties folders, wasm also what a C library does with files on behalf of guests.
// Programs get what interpreters and shells need, and nothing that reaches beyond the box: the
// calls which open namespaces, keys, tracing, rings and filters of their own are the ones that
// kernels were broken through.

enum SyscallFilter {
  /// Without a control group a watchdog adds up what processes hold; what is in a file in memory
  /// that none of them has mapped it cannot see, so there are none.
  static func program(_ runtime: Runtime, isCounted: Bool = true) -> FilterProgram {
    let uncounted = isCounted ? [] : [FilterRule(SYS_memfd_create, .refuse(ENOSYS))]
    let rules =
      switch runtime {
      case .process, .container: processRules
      case .wasm: engineRules(coreCalls + fileCalls)
      case .script: engineRules(coreCalls)
      }
    return FilterProgram(uncounted + rules, otherwise: .refuse(ENOSYS))
  }

  /// For all threads, for good. Needs no-new-privileges.
  static func install(_ program: FilterProgram) throws(RuntimeError) {
    let words = program.words
    if apus_filter(words, UInt16(words.count)) != 0 {
      let number = errno
      throw RuntimeError(
        .weak, SystemError(errno: number, "installing a system call filter").message)
    }
  }

  // MARK: - Rules

  private static func engineRules(_ calls: [Int32]) -> [FilterRule] {
    calls.map { FilterRule($0, .allow) } + refusals
      + [
        // A thread, never a process.
        FilterRule(SYS_clone, .allow, when: [.argument(0, has: UInt64(threadFlags))]),
        FilterRule(SYS_clone, .refuse(EPERM)),
        FilterRule(SYS_prctl, .allow, when: [.word(0, equals: setName)]),
        FilterRule(SYS_prctl, .allow, when: [.word(0, equals: setMemoryName)]),
        FilterRule(SYS_prlimit64, .allow, when: [.word(0, equals: 0), .argument(2, equals: 0)]),
      ]
  }

  private static let processRules: [FilterRule] =
    [
      FilterRule(SYS_clone, .allow, when: [.argument(0, lacks: UInt64(namespaceFlags))]),
      FilterRule(SYS_clone, .refuse(EPERM)),
      // Unix sockets reach nobody: names and paths are the box's own.
      FilterRule(SYS_socket, .allow, when: [.word(0, equals: UInt32(AF_UNIX))]),
      FilterRule(SYS_socket, .refuse(EAFNOSUPPORT)),
      // A pair of another family runs that family's code, and has the kernel load it.
      FilterRule(SYS_socketpair, .allow, when: [.word(0, equals: UInt32(AF_UNIX))]),
      FilterRule(SYS_socketpair, .refuse(EAFNOSUPPORT)),
      // Its own limits, not those of whoever keeps the box.
      FilterRule(SYS_prlimit64, .allow, when: [.word(0, equals: 0)]),
      FilterRule(SYS_prlimit64, .refuse(EPERM)),
      // Done, as far as a box can tell: what it has is in memory, and the machine's disks are
      // not its to flush.
      FilterRule(SYS_sync, .refuse(0)),
      FilterRule(SYS_syncfs, .refuse(0)),
      // Typing into a terminal, and everything that a kernel's console does.
      FilterRule(SYS_ioctl, .refuse(EPERM), when: [.word(1, equals: 0x5412)]),
      FilterRule(SYS_ioctl, .refuse(EPERM), when: [.word(1, equals: 0x541C)]),
      FilterRule(SYS_ioctl, .allow),
      // What asks which it is, and plain Linux; never the ones that switch protections off.
      FilterRule(SYS_personality, .allow, when: [.word(0, equals: 0)]),
      FilterRule(SYS_personality, .allow, when: [.word(0, equals: 0xFFFF_FFFF)]),
      FilterRule(SYS_personality, .refuse(EPERM)),
    ] + (coreCalls + fileCalls + processCalls).map { FilterRule($0, .allow) } + refusals

  private static let refusals =
    refusedCalls.map { FilterRule($0, .refuse(EPERM)) } + [
      // The files below /usr are everybody's: no box is told of who opens them (F_NOTIFY, and
      // inotify is not on the list), or makes who opens them wait (F_SETLEASE).
      FilterRule(SYS_fcntl, .refuse(EPERM), when: [.word(1, equals: 1026)]),
      FilterRule(SYS_fcntl, .refuse(EPERM), when: [.word(1, equals: 1024)]),
    ]

  /// CLONE_VM | CLONE_THREAD.
  private static let threadFlags = 0x100 | 0x10000
  /// CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET and TIME's.
  private static let namespaceFlags = 0x7E02_0000
  /// PR_SET_NAME.
  private static let setName: UInt32 = 15
  /// PR_SET_VMA.
  private static let setMemoryName: UInt32 = 0x5356_4D41

  // MARK: - Calls

  /// Memory, threads, time, the box's own descriptors, and files as far as its `WorkFolder` goes.
  private static let coreCalls: [Int32] = {
    var calls: [Int32] = [
      SYS_read, SYS_write, SYS_writev, SYS_pread64, SYS_close, SYS_fstat, SYS_newfstatat,
      SYS_statx, SYS_lseek, SYS_fcntl, SYS_openat, SYS_openat2, SYS_getdents64, SYS_mmap,
      SYS_munmap, SYS_mprotect, SYS_mremap, SYS_madvise, SYS_brk, SYS_futex, SYS_membarrier,
      SYS_rseq, SYS_set_robust_list, SYS_set_tid_address, SYS_rt_sigaction, SYS_rt_sigprocmask,
      SYS_rt_sigreturn, SYS_rt_sigsuspend, SYS_sigaltstack, SYS_tgkill, SYS_restart_syscall,
      SYS_clock_gettime, SYS_clock_getres, SYS_clock_nanosleep, SYS_nanosleep, SYS_gettimeofday,
      SYS_getrandom, SYS_gettid, SYS_getpid, SYS_getrusage, SYS_sched_yield, SYS_sched_getaffinity,
      SYS_sysinfo, SYS_ppoll, SYS_eventfd2, SYS_exit, SYS_exit_group, SYS_sendto, SYS_recvmsg,
      SYS_mkdirat, SYS_unlinkat, SYS_renameat, SYS_renameat2, SYS_readlinkat, SYS_faccessat,
      SYS_faccessat2, SYS_fchmod, SYS_fchmodat, SYS_chdir,
    ]
    #if arch(x86_64)
      calls += [
        SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_poll, SYS_mkdir, SYS_rmdir, SYS_unlink,
        SYS_rename, SYS_readlink, SYS_chmod,
      ]
    #endif
    return calls
  }()

  /// All else that is done with files and pipes, and what a C library asks of its process.
  private static let fileCalls: [Int32] = {
    var calls: [Int32] = [
      SYS_readv, SYS_pwrite64, SYS_preadv, SYS_pwritev, SYS_close_range, SYS_statfs, SYS_fstatfs,
      SYS_mincore, SYS_get_robust_list, SYS_rt_sigpending, SYS_rt_sigtimedwait, SYS_linkat,
      SYS_symlinkat, SYS_ftruncate, SYS_truncate, SYS_fallocate, SYS_fsync, SYS_fdatasync,
      SYS_utimensat, SYS_fadvise64, SYS_copy_file_range, SYS_sendfile, SYS_flock, SYS_dup,
      SYS_dup3, SYS_pselect6, SYS_epoll_create1, SYS_epoll_ctl, SYS_epoll_pwait, SYS_pipe2,
      SYS_memfd_create, SYS_getppid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid,
      SYS_getgroups, SYS_times, SYS_uname, SYS_getcwd, SYS_fchdir, SYS_kill, SYS_wait4, SYS_waitid,
      SYS_sendmsg, SYS_recvfrom, SYS_getpriority,
    ]
    #if arch(x86_64)
      calls += [
        SYS_select, SYS_epoll_create, SYS_epoll_wait, SYS_eventfd, SYS_pipe, SYS_dup2,
        SYS_getdents, SYS_time, SYS_arch_prctl, SYS_link, SYS_symlink, SYS_utime, SYS_utimes,
        SYS_creat,
      ]
    #endif
    return calls
  }()

  /// Processes, their limits and signals, pipes, Unix sockets.
  private static let processCalls: [Int32] = {
    var calls: [Int32] = [
      SYS_execve, SYS_execveat, SYS_setpgid, SYS_getpgid, SYS_setsid, SYS_getsid, SYS_umask,
      SYS_fchown, SYS_fchownat, SYS_getrlimit, SYS_setrlimit, SYS_rt_sigqueueinfo,
      SYS_rt_tgsigqueueinfo, SYS_pidfd_open, SYS_pidfd_send_signal, SYS_tkill, SYS_setitimer,
      SYS_getitimer, SYS_timer_create, SYS_timer_settime, SYS_timer_gettime,
      SYS_timer_getoverrun, SYS_timer_delete, SYS_timerfd_create, SYS_timerfd_settime,
      SYS_timerfd_gettime, SYS_signalfd4, SYS_sched_setaffinity, SYS_sched_setscheduler,
      SYS_sched_getscheduler, SYS_sched_setparam, SYS_sched_getparam, SYS_sched_get_priority_max,
      SYS_sched_get_priority_min, SYS_sched_rr_get_interval, SYS_sched_setattr,
      SYS_sched_getattr, SYS_setpriority, SYS_ioprio_get, SYS_ioprio_set, SYS_capget, SYS_prctl,
      SYS_mlock, SYS_mlock2, SYS_munlock, SYS_mlockall, SYS_munlockall, SYS_msync,
      SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4, SYS_shutdown,
      SYS_getsockname, SYS_getpeername, SYS_setsockopt, SYS_getsockopt, SYS_sendmmsg,
      SYS_recvmmsg, SYS_splice, SYS_tee, SYS_readahead, SYS_sync_file_range, SYS_preadv2,
      SYS_pwritev2, SYS_epoll_pwait2, SYS_mknodat,
      SYS_getresuid, SYS_getresgid, SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid,
      SYS_setresuid, SYS_setresgid, SYS_setfsuid, SYS_setfsgid, SYS_setgroups,
      SYS_getxattr, SYS_lgetxattr, SYS_fgetxattr, SYS_listxattr, SYS_llistxattr, SYS_flistxattr,
      SYS_getcpu, SYS_remap_file_pages, SYS_set_mempolicy, SYS_get_mempolicy, SYS_mbind,
    ]
    #if arch(x86_64)
      calls += [
        SYS_fork, SYS_vfork, SYS_chown, SYS_lchown, SYS_getpgrp, SYS_pause, SYS_alarm,
        SYS_signalfd, SYS_mknod,
      ]
    #endif
    return calls
  }()

  /// Never, and told so.
  private static let refusedCalls: [Int32] = {
    var calls: [Int32] = [
      SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_process_madvise, SYS_kcmp,
      SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_move_mount, SYS_open_tree,
      SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick, SYS_mount_setattr, SYS_setns,
      SYS_unshare, SYS_open_by_handle_at, SYS_name_to_handle_at, SYS_bpf, SYS_perf_event_open,
      SYS_userfaultfd, SYS_add_key, SYS_request_key, SYS_keyctl, SYS_kexec_load,
      SYS_kexec_file_load, SYS_reboot, SYS_init_module, SYS_finit_module, SYS_delete_module,
      SYS_swapon, SYS_swapoff, SYS_acct, SYS_quotactl, SYS_syslog, SYS_vhangup, SYS_settimeofday,
      SYS_clock_settime, SYS_clock_adjtime, SYS_adjtimex, SYS_sethostname, SYS_setdomainname,
      SYS_capset, SYS_seccomp, SYS_fanotify_init, SYS_fanotify_mark, SYS_pidfd_getfd,
    ]
    #if arch(x86_64)
      calls += [
        SYS_iopl, SYS_ioperm,
      ]
    #endif
    return calls
  }()
}
