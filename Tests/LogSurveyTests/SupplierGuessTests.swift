import Testing

@testable import LogSurvey

@Suite struct SupplierGuessTests {
  @Test(arguments: [
    ("northwind-1", "northwind"), ("Northwind_web", "northwind"),
    ("ops@northwind.example", "northwind"),
    ("user17", nil), ("ab", nil), ("", nil), ("42", nil), ("-x", nil),
  ])
  func `the beginning of a name says whose it is`(name: String, prefix: String?) {
    #expect(SupplierGuess.prefix(of: name) == prefix)
  }

  private static func guess(_ callers: [(name: String, secret: Bool, address: String)]) throws
    -> (SupplierGuess, [String])
  {
    var survey = TrafficSurvey(hash: SampleLog.hash, fingerprint: SampleLog.fingerprint)
    survey.observe(
      try SampleLog.batch(
        callers.enumerated().map { second, caller in
          SampleLog.line(
            second: second, address: caller.address, user: caller.secret ? "-" : caller.name,
            key: caller.secret ? caller.name : "-")
        }))
    let found = survey.callers()
    return (SupplierGuess(found), found.map(\.name))
  }

  @Test func `names come before networks, and who stands alone gets none`() throws {
    let (guess, names) = try Self.guess([
      ("acme-web", false, "10.0.0.1"), ("acme-app", false, "10.0.1.1"),
      ("secret1", true, "10.0.0.9"), ("secret2", true, "10.0.0.8"), ("lonely", false, "10.9.9.9"),
    ])
    #expect(guess.suppliers.map(\.name).sorted() == ["acme", "supplier-1"])
    let supplier = Dictionary(uniqueKeysWithValues: zip(names, guess.supplierOfCaller))
    #expect(supplier["acme-web"] == supplier["acme-app"])
    #expect(supplier["lonely"] == .some(nil))
    #expect(guess.supplierOfCaller.count { $0 != nil } == 4)
  }
}
