import Commands
import Glibc

exit(try Root.main(Array(CommandLine.arguments.dropFirst())))
