import Glibc
import IO

Signals.ignoreBrokenPipes()
exit(
  try RootTask.run {
    await BenchCommand.main(Array(CommandLine.arguments.dropFirst()))
  })
