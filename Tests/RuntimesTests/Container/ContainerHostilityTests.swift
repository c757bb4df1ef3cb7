import Foundation
import Glibc
import Primitives
import Testing

@testable import IO
@testable import Runtimes

extension ContainerTests {
  /// What a stranger's program tries; it says BROKEN where that works, and "tried" once it has
  /// what it needs to try. Unless it ends by itself, it is ended as it says.
  struct Attack: Sendable, CustomTestStringConvertible {
    enum End: Sendable { case itself, time, memory, refusal, either }

    var name: String
    var script: String
    var ends: End
    var time: Duration
    var memory: Int64 = 64 << 20
    var testDescription: String { name }

    init(
      _ name: String, _ script: String, ends: End = .itself, _ time: Duration = .seconds(60)
    ) {
      self.name = name
      self.script = script
      self.ends = ends
      self.time = time
    }

    func allows(_ ending: Ending) -> Bool {
      switch (ends, ending) {
      case (.itself, .exited), (.time, .timedOut), (.memory, .outOfMemory): true
      case (.refusal, .refused): true
      case (.either, .exited), (.either, .timedOut), (.either, .outOfMemory): true
      default: false
      }
    }

    func withMemory(_ bytes: Int64) -> Attack {
      var attack = self
      attack.memory = bytes
      return attack
    }
  }

  static let attacks: [Attack] = [
    // It has 64 processes: a hundred that sleep cannot all be.
    Attack(
      "fork bomb",
      """
      echo tried
      i=0; while [ $i -lt 100 ]; do sleep 5 & i=$((i+1)); [ $i -gt 64 ] && echo BROKEN $i; done
      """, ends: .either),
    Attack(
      "memory bomb",
      "echo tried; head -c 200m /dev/zero | tail -c 190m > /dev/null && echo BROKEN",
      ends: .either),
    Attack("endless loop", "echo tried; while :; do :; done", ends: .time, .seconds(3)),
    Attack(
      "file flood",
      """
      echo tried; i=0; while [ $i -lt 6000 ] && : > out/$i; do i=$((i+1)); done
      echo $i; [ $i -gt 5000 ] && echo BROKEN
      """, ends: .refusal),
    Attack(
      "disk fill",
      """
      echo tried; head -c 300m /dev/zero > fill
      [ $(stat -c %s fill) -gt 70000000 ] && echo BROKEN; [ -s fill ] || echo BROKEN
      """
    ).withMemory(256 << 20),
    Attack(
      "disk fill without a name",
      """
      echo tried; exec 3> out/x; rm out/x; head -c 300m /dev/zero >&3
      [ $(stat -L -c %s /proc/self/fd/3) -gt 70000000 ] && echo BROKEN
      """
    ).withMemory(256 << 20),
    Attack(
      "writing outside",
      """
      touch /work/x && echo tried
      for p in / /bin /etc /in /dev /sys /proc/sys/kernel; do touch $p/x && echo BROKEN $p; done
      """),
    Attack(
      "host processes",
      """
      [ -d /proc/1 ] && echo tried
      for p in $(ls /proc | grep '^[0-9]*$'); do [ $p -gt 1000 ] && echo BROKEN $p; done
      cat /proc/1/root/etc/shadow && echo BROKEN
      """),
    Attack(
      "network",
      """
      ls /sys/class/net | grep '^lo$' && echo tried
      ls /sys/class/net | grep -v '^lo$' && echo BROKEN
      ping -c 1 -W 1 192.0.2.1 && echo BROKEN; wget -T 1 http://192.0.2.1 && echo BROKEN; true
      """),
    Attack(
      "mounts",
      """
      busybox mount > /dev/null && echo tried
      mount -t tmpfs x /tmp && echo BROKEN; umount /work && echo BROKEN; true
      """),
    Attack(
      "devices",
      """
      busybox mknod pipe p && echo tried
      mknod disk b 254 0 && echo BROKEN; mknod zero c 1 5 && head -c 1 zero && echo BROKEN; true
      """),
    Attack(
      "another user",
      """
      cp /bin/busybox busybox && ./busybox id -u && echo tried
      chown 0:0 . && echo BROKEN
      chmod 4755 busybox; ./busybox id | grep 'uid=0' && echo BROKEN; true
      """),
    Attack(
      "capabilities",
      """
      grep NoNewPrivs /proc/self/status && echo tried
      grep -E 'Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status | grep -v 0000000000000000 \\
        && echo BROKEN
      grep 'NoNewPrivs:.0' /proc/self/status && echo BROKEN
      grep 'Seccomp:.0' /proc/self/status && echo BROKEN; true
      """),
    Attack(
      "the engine",
      """
      [ -d /proc ] && echo tried
      for s in /run/docker.sock /var/run/docker.sock /run/podman/podman.sock; do
        [ -e $s ] && echo BROKEN
      done; true
      """),
    Attack(
      "host name",
      """
      hostname && date +%Y && echo tried
      hostname broken && echo BROKEN; date -s 2001-01-01; [ $(date +%Y) = 2001 ] && echo BROKEN
      true
      """),
  ]

  @Test(arguments: attacks, [false, true])
  func `an attack is contained`(attack: Attack, isKept: Bool) async throws {
    for lab in EngineLab.all {
      var attempt = lab.attempt(attack.script)
      attempt.limits.memory = attack.memory
      attempt.limits.time = attack.time
      let hostile = attempt
      let result = try await lab.serving {
        $0.keeps = isKept ? .seconds(60) : .zero
      } _: {
        try await $0.run(hostile)
      }
      #expect(!result.text.contains("BROKEN"), "\(lab.kind) \(result.text.suffix(300))")
      #expect(result.text.contains("tried"), "\(lab.kind) \(result.complaint.suffix(300))")
      #expect(attack.allows(result.ending), "\(lab.kind) \(result.ending) \(result.complaint)")
      #expect(try await lab.leftovers() == [], "\(lab.kind)")
      if isKept { continue }
      // The machine and the engine are as they were.
      #expect(try await lab.run(lab.attempt("echo fine")).text == "fine\n", "\(lab.kind)")
    }
  }

  @Test(arguments: ["ln -s /etc/shadow out/z", "mkdir out/d; mknod out/d/z p"], [false, true])
  func `what is no file among the results is refused, and nothing of them is written`(
    script: String, isKept: Bool
  ) async throws {
    for lab in EngineLab.all {
      let results = "\(lab.folder)/hostile-\(UUID().uuidString.prefix(8))"
      mkdir(results, 0o700)
      var attempt = lab.attempt("echo a > out/a; \(script) && echo tried")
      attempt.results = results
      let hostile = attempt
      let result = try await lab.serving {
        $0.keeps = isKept ? .seconds(60) : .zero
      } _: {
        try await $0.run(hostile)
      }
      #expect(result.text == "tried\n", "\(lab.kind) \(result.complaint)")
      guard case .refused(let error) = result.ending else {
        Issue.record("\(lab.kind) \(result.ending)")
        continue
      }
      #expect(error.message.contains("neither a file nor a folder"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: results).isEmpty)
      #expect(try await lab.leftovers() == [], "\(lab.kind)")
    }
  }
}
