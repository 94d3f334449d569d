import Testing

@testable import RuleFiles

@Suite struct SecretWordsTests {
  @Test(arguments: [
    ("  password: hunter2", "  password: *******"),
    ("{db_password: 'a b', user: x}", "{db_password: *****, user: x}"),
    ("API_KEY=abc", "API_KEY=***"), ("Authorization: Bearer x", "Authorization: ********"),
    ("identity: {field: x, secret: true}", "identity: {field: x, secret: true}"),
    ("log_format: '$status $http_x_token'", "log_format: '$status $http_x_token'"),
    ("password:", "password:"),
  ])
  func `values of secrets are stars, and columns stay`(line: String, shown: String) {
    #expect(SecretWords.masked(line) == shown)
    #expect(SecretWords.masked(line).unicodeScalars.count == line.unicodeScalars.count)
  }

  @Test func `a fault does not repeat a password`() {
    let file = SourceFile(name: "tollwatch.yaml", text: "password: hunter2\nsources: []\n")
    let (_, found) = ConfigurationLoader.examine(file)
    #expect(!found.isEmpty && found.allSatisfy { !$0.description.contains("hunter2") })
  }
}
