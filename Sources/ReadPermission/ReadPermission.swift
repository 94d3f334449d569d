internal import Glibc

/// The command that lets this user read a file or a folder that it may not read: pasted into the
/// shell of somebody who may.
package struct ReadPermission {
  /// What is known of a file or folder without being allowed to read it.
  package struct Place {
    var isFolder: Bool
    var mayEnter: Bool
    /// The group that owns it, if it is one that people are added to, such as Debian's `adm`:
    /// not root's, nor a user's own.
    var group: String?
    var groupMayRead: Bool
    var groupMayEnter: Bool

    package init(
      isFolder: Bool, mayEnter: Bool = true, group: String? = nil, groupMayRead: Bool = false,
      groupMayEnter: Bool = false
    ) {
      self.isFolder = isFolder
      self.mayEnter = mayEnter
      self.group = group
      self.groupMayRead = groupMayRead
      self.groupMayEnter = groupMayEnter
    }
  }

  private let user: String
  private let hasSetfacl: Bool
  private let look: (String) -> Place?

  /// - Parameter look: `nil` for what is not there, or lies behind a folder that is shut.
  package init(user: String, hasSetfacl: Bool, look: @escaping (String) -> Place?) {
    self.user = user
    self.hasSetfacl = hasSetfacl
    self.look = look
  }

  /// As the system has it, for the user that runs this.
  package static func command(for path: String) -> String {
    ReadPermission(user: System.userName(), hasSetfacl: System.hasSetfacl(), look: System.look)
      .command(for: path)
  }

  package func command(for path: String) -> String {
    let folders = Self.folders(above: path)
    guard let first = folders.firstIndex(where: { look($0)?.mayEnter == false }) else {
      return place(look(path), path)
    }
    let shut = look(folders[first])
    if let group = shut?.group, shut?.groupMayEnter == true { return membership(of: group) }
    // What lies behind the first shut folder cannot be seen, and may be shut as well.
    let way = folders[first...].map(ShellWord.quoted).joined(separator: " ")
    return setting([("x", way, false), ("rX", ShellWord.quoted(path), false)])
  }

  private func place(_ place: Place?, _ path: String) -> String {
    let isFolder = place?.isFolder == true
    if let place, let group = place.group, place.groupMayRead, !isFolder || place.groupMayEnter {
      return membership(of: group)
    }
    // A folder is listed with r and entered with x, which X gives to folders alone; what lies in
    // it is to be read, too.
    return setting([(isFolder ? "rX" : "r", ShellWord.quoted(path), isFolder)])
  }

  private func membership(of group: String) -> String {
    "sudo usermod -aG \(ShellWord.quoted(group)) \(ShellWord.quoted(user)), then log in again"
  }

  private typealias Right = (letters: String, target: String, isDeep: Bool)

  private func setting(_ rights: [Right]) -> String {
    let commands = rights.map {
      "sudo setfacl \($0.isDeep ? "-R " : "")-m u:\(user):\($0.letters) \($0.target)"
    }
    let install = hasSetfacl ? [] : ["sudo apt-get install -y acl"]
    return (install + commands).joined(separator: " && ")
  }

  /// `/`, `/var`, `/var/log` of `/var/log/a.log`.
  private static func folders(above path: String) -> [String] {
    var folders: [String] = []
    var end = path.utf8.startIndex
    while let slash = path.utf8[end...].firstIndex(of: UInt8(ascii: "/")) {
      let folder = slash == path.startIndex ? "/" : String(path[..<slash])
      end = path.utf8.index(after: slash)
      if end < path.utf8.endIndex { folders.append(folder) }
    }
    return folders
  }

  package static func isPermission(_ code: Int32) -> Bool { code == EACCES || code == EPERM }
}

/// What this process sees.
private enum System {
  /// The name of the user whom permissions are checked against.
  static func userName() -> String {
    guard let entry = getpwuid(geteuid()), let name = entry.pointee.pw_name else {
      return String(geteuid())
    }
    return String(cString: name)
  }

  static func hasSetfacl() -> Bool {
    let paths: [String] = ["/usr/bin/setfacl", "/bin/setfacl"]
    return paths.contains { access($0, X_OK) == 0 }
  }

  static func look(_ path: String) -> ReadPermission.Place? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return ReadPermission.Place(
      isFolder: status.st_mode & S_IFMT == S_IFDIR, mayEnter: access(path, X_OK) == 0,
      group: sharedGroup(status.st_gid), groupMayRead: status.st_mode & S_IRGRP != 0,
      groupMayEnter: status.st_mode & S_IXGRP != 0)
  }

  private static func sharedGroup(_ id: gid_t) -> String? {
    guard id != 0, let entry = getgrgid(id), let name = entry.pointee.gr_name else { return nil }
    let group = String(cString: name)
    return getpwnam(group) == nil ? group : nil
  }
}

/// A word as a shell takes it, so that a printed command can be pasted.
package enum ShellWord {
  package static func quoted(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "/._-+=:@%,".utf8.contains(byte)
      }
    }
    if isPlain && !text.isEmpty { return text }
    return "'"
      + text.unicodeScalars.split(separator: "'", omittingEmptySubsequences: false)
      .map(String.init).joined(separator: #"'\''"#) + "'"
  }
}
