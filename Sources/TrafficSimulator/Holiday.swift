/// A bank holiday in one zone: its suppliers do as on a Sunday.
struct Holiday: Sendable {
  static let zoneName = "Europe/Berlin"

  /// Days since 1970, local.
  var day: Int

  /// The Wednesday of the second week; in a short run, the first Wednesday.
  init(firstDay: Int, dayCount: Int) {
    let firstMonday = firstDay + (7 - CivilTime.weekday(firstDay)) % 7
    day = firstMonday + (dayCount > 12 ? 9 : 2)
  }

  func isKept(by supplier: Fleet.Supplier, localDay: Int) -> Bool {
    localDay == day && supplier.zone.name == Self.zoneName
  }
}
