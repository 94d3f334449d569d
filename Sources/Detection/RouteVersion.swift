/// The version of an API that a path names.
package enum RouteVersion {
  /// The first segment that looks like one: `v1`, `v2.1`.
  package static func first(in path: [UInt8]) -> [UInt8]? {
    path.split(separator: UInt8(ascii: "/")).first(where: isVersion).map(Array.init)
  }

  package static func isVersion(_ segment: ArraySlice<UInt8>) -> Bool {
    guard segment.count > 1, segment.count <= 8, segment.first == UInt8(ascii: "v") else {
      return false
    }
    return segment.dropFirst().allSatisfy {
      ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) || $0 == UInt8(ascii: ".")
    }
  }
}
