import Foundation
import Glibc
import Primitives
import Testing

@testable import IO
@testable import Runtimes

extension ContainerTests {
  /// What a stranger's program tries; it says BROKEN where that works.
  struct Attack: Sendable, CustomTestStringConvertible {
    var name: String
    var script: String
    var time: Duration
    var testDescription: String { name }

    init(_ name: String, _ script: String, _ time: Duration = .seconds(20)) {
      self.name = name
      self.script = script
      self.time = time
    }
  }

  static let attacks: [Attack] = [
    Attack("fork bomb", "b() { b | b & }; b; sleep 1; echo over", .seconds(2)),
    Attack("memory bomb", "tail -c 1g /dev/zero > /dev/null && echo BROKEN"),
    Attack("endless loop", "while :; do :; done; echo BROKEN", .seconds(1)),
    Attack(
      "file flood", "i=0; while touch out/$i; do i=$((i+1)); done; [ $i -gt 5000 ] && echo BROKEN"),
    Attack(
      "disk fill",
      "head -c 300m /dev/zero > fill; [ $(stat -c %s fill) -gt 70000000 ] && echo BROKEN"),
    Attack(
      "writing outside",
      "for p in / /bin /etc /in /dev /sys /proc/sys/kernel; do touch $p/x && echo BROKEN $p; done"),
    Attack(
      "host processes",
      "for p in $(ls /proc | grep '^[0-9]*$'); do [ $p -gt 1000 ] && echo BROKEN $p; done; "
        + "cat /proc/1/root/etc/shadow && echo BROKEN"),
    Attack(
      "network",
      "ls /sys/class/net | grep -v '^lo$' && echo BROKEN; "
        + "ping -c 1 -W 1 192.0.2.1 && echo BROKEN; wget -T 1 http://192.0.2.1 && echo BROKEN"),
    Attack("mounts", "mount -t tmpfs x /tmp && echo BROKEN; umount /work && echo BROKEN"),
    Attack("devices", "mknod disk b 254 0 && echo BROKEN; head -c 1 /dev/vda && echo BROKEN"),
    Attack(
      "another user",
      "chown 0:0 . && echo BROKEN; cp /bin/busybox su; chmod 4755 su; "
        + "./su id | grep 'uid=0' && echo BROKEN"),
    Attack(
      "capabilities",
      "grep -E 'Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status | grep -v 0000000000000000 "
        + "&& echo BROKEN; grep 'NoNewPrivs:.0' /proc/self/status && echo BROKEN; "
        + "grep 'Seccomp:.0' /proc/self/status && echo BROKEN"),
    Attack(
      "the engine",
      "for s in /run/docker.sock /var/run/docker.sock; do [ -e $s ] && echo BROKEN; done"),
    Attack("links in the results", "ln -s /etc/shadow out/x; echo done"),
    Attack(
      "host name",
      "hostname broken && echo BROKEN; date -s 2001-01-01; [ $(date +%Y) = 2001 ] && echo BROKEN"),
  ]

  @Test(arguments: attacks, [false, true])
  func `an attack is contained`(attack: Attack, isKept: Bool) async throws {
    for lab in EngineLab.all {
      var attempt = lab.attempt(attack.script)
      attempt.limits.memory = 64 << 20
      attempt.limits.time = attack.time
      let results = "\(lab.folder)/hostile"
      mkdir(results, 0o700)
      attempt.results = results
      let hostile = attempt
      let result = try await lab.serving {
        $0.keeps = isKept ? .seconds(60) : .zero
      } _: {
        try await $0.run(hostile)
      }
      #expect(!result.text.contains("BROKEN"), "\(lab.kind) \(result.text.suffix(300))")
      #expect(access("\(results)/x", F_OK) != 0)
      #expect(try await lab.leftovers() == [], "\(lab.kind)")
      if isKept { continue }
      // The machine and the engine are as they were.
      #expect(try await lab.run(lab.attempt("echo fine")).text == "fine\n", "\(lab.kind)")
    }
  }
}
