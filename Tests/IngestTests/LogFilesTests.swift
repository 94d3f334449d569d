import Glibc
import Ingest
import Testing

struct LogFilesTests {
  let folder = TemporaryFolder()

  private func names(_ files: LogFiles) -> [String] {
    files.segments.map { String($0.path.dropFirst(folder.path.count + 1)) }
  }

  @Test func `a folder gives all its files by name, those of its folders too`() throws {
    for name in ["b.log", "a.log.gz", "2025/12/20/elb.log", "2025/01/elb.log", ".hidden"] {
      try folder.write("x\n", to: name)
    }
    let files = LogFiles([folder.path])
    #expect(names(files) == ["2025/01/elb.log", "2025/12/20/elb.log", "a.log.gz", "b.log"])
    #expect(files.problems.isEmpty && files.skippedPaths.isEmpty)
    #expect(files.segments.map(\.byteCount) == [2, 2, 2, 2])
  }

  @Test func `patterns are expanded, and a name that looks like one is a name`() throws {
    for name in ["a.log", "a.log.1", "a.log.2.gz", "b.log", "a[1].log", "a1.log"] {
      try folder.write("x\n", to: name)
    }
    #expect(names(LogFiles([folder.path + "/a.log*"])) == ["a.log", "a.log.1", "a.log.2.gz"])
    #expect(names(LogFiles([folder.path + "/?.log"])) == ["a.log", "b.log"])
    #expect(names(LogFiles([folder.path + "/{a,b}.log"])) == ["a.log", "b.log"])
    #expect(names(LogFiles([folder.path + "/a[1].log"])) == ["a[1].log"])
    #expect(names(LogFiles([folder.path + "/a[12].log"])) == ["a1.log"])
  }

  @Test func `a file is taken once whatever its names and their order`() throws {
    let path = try folder.write("x\n", to: "a.log")
    symlink("a.log", folder.path + "/current")
    link(path, folder.path + "/hard.log")
    symlink(".", folder.path + "/loop")
    let arguments = [
      path, path, folder.path + "/./a.log", folder.path, folder.path + "/loop",
      folder.path + "/*.log", folder.path + "/current",
    ]
    let paths = LogFiles(arguments).segments.map(\.path)
    #expect(paths.count == 1)
    #expect(LogFiles(arguments.reversed()).segments.map(\.path) == paths)
  }

  @Test func `what is missing or no file is a problem with its path, and the rest is taken`()
    throws
  {
    try folder.write("x\n", to: "a.log")
    try folder.write("", to: "empty.log")
    let missing = folder.path + "/nothing.log"
    let pattern = folder.path + "/none*"
    let files = LogFiles([missing, pattern, "/dev/zero", folder.path])
    #expect(names(files) == ["a.log", "empty.log"])
    #expect(
      Set(files.problems) == [
        IngestError(path: missing, reason: .notFound),
        IngestError(path: pattern, reason: .notFound),
        IngestError(path: "/dev/zero", reason: .notAFile(kind: "a device")),
      ])
    #expect(files.problems.map(\.path) == files.problems.map(\.path).sorted())
  }

  @Test func `a pipe is taken when it is named and skipped when it lies in a folder`() throws {
    let pipe = folder.path + "/pipe"
    try #require(mkfifo(pipe, 0o600) == 0)
    #expect(names(LogFiles([pipe])) == ["pipe"])
    let files = LogFiles([folder.path])
    #expect(files.segments.isEmpty && files.problems.isEmpty)
    #expect(files.skippedPaths == [pipe])
  }

  @Test func `a file that may not be read is a problem that tells how to permit it`() throws {
    let path = try folder.write("x\n", to: "secret.log")
    chmod(path, 0)
    let files = LogFiles([path])
    // The superuser may read everything.
    if geteuid() == 0 {
      #expect(names(files) == ["secret.log"])
    } else {
      #expect(files.problems == [IngestError(path: path, reason: .unreadable(errno: EACCES))])
    }
  }
}
