import Testing

@testable import ReadPermission

@Suite struct ReadPermissionTests {
  private typealias Place = ReadPermission.Place

  private func command(
    _ path: String, _ places: [String: ReadPermission.Place], hasSetfacl: Bool = true
  ) -> String {
    ReadPermission(user: "watch", hasSetfacl: hasSetfacl) { places[$0] }.command(for: path)
  }

  @Test func `a file needs r, a folder r and x with all that is in it`() {
    #expect(
      command("/l/a.log", ["/l/a.log": Place(isFolder: false)])
        == "sudo setfacl -m u:watch:r /l/a.log")
    #expect(
      command("/l", ["/l": Place(isFolder: true)]) == "sudo setfacl -R -m u:watch:rX /l")
  }

  @Test func `every folder from the first shut one on must be entered`() {
    let shut = Place(isFolder: true, mayEnter: false)
    #expect(
      command("/l/my x/b/a.log", ["/": Place(isFolder: true), "/l": shut])
        == "sudo setfacl -m u:watch:x /l '/l/my x' '/l/my x/b' && "
        + "sudo setfacl -m u:watch:rX '/l/my x/b/a.log'")
  }

  @Test func `a group that may read is joined`() {
    let file = Place(isFolder: false, group: "adm", groupMayRead: true)
    let joining = "sudo usermod -aG adm watch, then log in again"
    #expect(command("/l/a.log", ["/l/a.log": file]) == joining)
    let folder = Place(
      isFolder: true, mayEnter: false, group: "adm", groupMayRead: true, groupMayEnter: true)
    #expect(command("/l/a.log", ["/l": folder]) == joining)
    // A folder that may be listed and not entered shows nothing but names.
    let listed = Place(isFolder: true, group: "adm", groupMayRead: true)
    #expect(command("/l", ["/l": listed]) == "sudo setfacl -R -m u:watch:rX /l")
  }

  @Test func `where there is no setfacl, it comes first`() {
    #expect(
      command("a.log", ["a.log": Place(isFolder: false)], hasSetfacl: false)
        == "sudo apt-get install -y acl && sudo setfacl -m u:watch:r a.log")
  }
}
