import Ingest
import Testing

struct RotationTests {
  @Test(arguments: [
    ["access.log", "access.log.1", "access.log.2.gz", "access.log.9.gz", "access.log.10.gz"],
    ["app.log", "app.1.log", "app.2.log.zst"],
    ["access.log", "access.log.0", "access.log.1.gz"],
    ["access.log", "access.log-20251220", "access.log-20251219.gz", "access.log-20241231.gz"],
    ["a.log", "a.log.2025-12-20", "a.log.2025-12-19.gz"],
    ["a.log", "a-2025-12-20-2.log.gz", "a-2025-12-20-1.log.gz", "a-2025-12-19-7.log.gz"],
    ["a.log", "a.log-20251220-1766188801", "a.log-20251220-1766188800"],
    ["a.log", "a-2025-12-20T10-00-00.log", "a-2025-12-20T09-59-59.log"],
    ["a.log", "a.log-2025122014.gz", "a.log-2025122013.gz"],
    ["access.log", "access.log.3", "access.log-20251220"],
    ["access.log", "access.log.1766188801", "access.log.1766188800", "access.log.1766188799.gz"],
    ["a.log", "a.log.1766188801000000001", "a.log.1766188800999", "a.log.1766188800.gz"],
    ["-", "/var/log/nginx/access.log.1", "access.log.2"],
  ])
  func `each name is older than the one before`(names: [String]) {
    let rotations = names.map { Rotation(path: $0) }
    for (newer, older) in zip(rotations, rotations.dropFirst()) {
      #expect(newer < older)
    }
  }

  @Test(arguments: [
    "access.log", "access.log.gz", "access", "", "/", "gateway.v2.access", "port8080.log",
    "access.log.backup", "logs.20/access.log", "a-99999999.log", "a-20251399.log", "a.1234567",
  ])
  func `a name without number or date is live`(name: String) {
    #expect(Rotation(path: name) == .live)
  }
}
