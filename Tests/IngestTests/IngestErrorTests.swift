import Glibc
import Ingest
import Testing

struct IngestErrorTests {
  private func text(_ path: String, _ reason: IngestError.Reason) -> String {
    IngestError(path: path, reason: reason).description
  }

  @Test func `a permission comes with the command that gives it`() {
    let text = text("/var/log/it's mine.log", .unreadable(errno: EACCES))
    #expect(text.hasPrefix("/var/log/it's mine.log: Permission denied; to permit it: sudo "))
    #expect(text.hasSuffix(#":r '/var/log/it'\''s mine.log'"#))
  }

  @Test func `every reason names its path and what is wrong`() {
    let expected: [(IngestError.Reason, String)] = [
      (.notFound, "a.log: no such file, folder or match"),
      (.unreadable(errno: EIO), "a.log: Input/output error"),
      (.readFailed(errno: EIO), "a.log: reading stopped: Input/output error"),
      (.notAFile(kind: "a device"), "a.log: is a device, not a log file"),
      (.alreadyRead, "a.log: a pipe can be read only once"),
      (.tooManyFiles, "a.log: more than 100000 files; name fewer"),
      (
        .unsupported(format: "xz", filter: "xz -dc"),
        "a.log: xz is not read by this build; use: xz -dc a.log | tollwatch replay … -"
      ),
    ]
    for (reason, message) in expected { #expect(text("a.log", reason) == message) }
    #expect(
      text("-", .unsupported(format: "xz", filter: "xz -dc"))
        == "-: xz is not read by this build; use: xz -dc | tollwatch replay … -")
    #expect(
      text("-", .unsupported(format: "a tar archive", filter: "tar -xzOf"))
        == "-: a tar archive is not read by this build; use: tar -xzOf - | tollwatch replay … -")
  }
}
