public import Detection
import RuleFiles

/// The page of the rule language, made from what the code reads, so that it cannot say anything
/// else. Each of its examples is a rule file with tests, and passes them.
public enum RulePage {
  public static var text: String {
    ([introduction, keys, matching, expressions] + Detectors.all.map(section)
      + [tests, feeds, examples, missing])
      .joined(separator: "\n\n") + "\n"
  }

  /// What there is to know of a kind.
  public static func section(_ kind: any Detector.Type) -> String {
    let own = RuleLanguage.ownKeys(of: kind)
    let missing = RuleLanguage.keysWithoutEffect(at: kind.kind).map {
      " It takes no `\($0.name)`: \($0.reason.replacing("'", with: "`"))."
    }
    return """
      ## Kind `\(kind.kind)`

      \(kind.about)\(missing.joined())

      \(RuleKeyTable.text(own))

      \(block("rules:\n" + kind.example.lines(indentedBy: 2)))
      """
  }

  private static func block(_ yaml: String) -> String { "```yaml\n\(yaml)\n```" }

  // MARK: - parts

  private static let introduction = """
    # The rule language

    A rule file is YAML: `rules:`, and a list. What follows is made from the code that reads it; \
    `tollwatch rules check` tells every fault with its line, `tollwatch rules test` runs the tests that \
    rules carry, `tollwatch rules new KIND` writes a rule with its tests to start from, and \
    `tollwatch rules schema` a JSON Schema with which an editor completes keys and marks wrong ones:

    ```sh
    tollwatch rules schema > rules.schema.json
    # the first line of a rule file, for editors with the YAML language server:
    # yaml-language-server: $schema=rules.schema.json
    ```

    Anchors, aliases, tags, merge keys, further documents and two equal keys are refused, as is a file \
    of more than \(YAMLBounds.mebibytes) MiB or \(YAMLBounds.depth) levels. An unknown key is a fault, never ignored.
    """

  private static var keys: String {
    """
    ## Keys of every rule

    \(RuleKeyTable.text(RuleLanguage.common))

    Durations are `500ms`, `10s`, `5m`, `2h`, `1d`, `1w` or several together, `1h30m`.
    """
  }

  private static let matching = """
    ## Requests

    `match`, and `target` and `precursors` of a kind, are methods and a path: `ANY /v*/**`, `GET,POST /v1/orders/*`. \
    Methods are upper case, `ANY` is each. In a path `*` stands for any text within a segment, `**` as a whole segment \
    for any number of segments, none too, and `{name}` for one segment. It is compared with the path in which numbers \
    and other ids became `{id}`: `/v1/orders/4711` is `/v1/orders/{id}`. In a list, `["GET,POST /a", ANY /b]`, a comma needs quotes.
    """

  private static var expressions: String {
    let rows = RequestField.table.map { "| `\($0.word)` | \($0.type) | \($0.meaning) |" }
    return """
      ## Expressions

      `where` is a small typed part of CEL, the Common Expression Language: `'status >= 500 && !throttled'`. Write it in \
      single quotes, because YAML takes `!`, `{`, `[`, `#` and `: ` for its own.

      | field | type | |
      |---|---|---|
      \(rows.joined(separator: "\n"))

      | | |
      |---|---|
      | `==` `!=` | exact; both sides of one type |
      | `<` `<=` `>` `>=` | numbers, and texts byte by byte |
      | `&&` `\\|\\|` `!` `( )` | and, or, not; `!` binds to the one thing behind it |
      | `status in [429, 503]` | one of a list of constants |
      | `path.startsWith("/v1/")` | texts: also `endsWith`, `contains` |
      | `route.glob("/v*/orders")` | a path as in `match` |
      | `path.matches(r"^/v\\d+/admin")` | a regular expression, anywhere in the text unless `^` and `$` say where; in a text with `r` before it a backslash is one |
      | `cidr(client_ip, "10.0.0.0/8")` | an address within a network |

      Texts stand in double or single quotes. An absent text is `""`; an absent number makes every comparison with it false. \
      At most \(Expression.testCountMax) comparisons, \(Expression.depthMax) levels and \(Expression.textBytesMax) bytes; it takes time linear in \
      the request. `same` takes one field alone.

      A regular expression is in the syntax of RE2: `. [a-z] \\d \\w \\s | ( ) (?: ) * + ? {2,5} ^ $`, and `(?i)` at its beginning; \
      `.` is any byte. It becomes a table that looks at each byte once, of \(Expression.patternStatesMax) states at most; references back to groups, looking \
      ahead or back, `\\b`, and what takes a larger table are refused.
      """
  }

  private static var tests: String {
    """
    ## Tests

    Each test has its rule to itself, in an engine of its own, and its requests go the way of a log's lines. It passes if every \
    alert that it expects is there, and no other. Its keys belong to one supplier, `supplier`.

    \(RuleKeyTable.text(RuleLanguage.test))

    Each of `lines`:

    \(RuleKeyTable.text(RuleLanguage.line))

    Each of `expect`:

    \(RuleKeyTable.text(RuleLanguage.expectation))
    """
  }

  private static let feeds = """
    ## Feeds

    A feed has one number a step: `5 7 9`. Requests of a step come at equal distances.

    | | |
    |---|---|
    | `300` | a step with 300 requests |
    | `300x288` | 288 such steps: a day of 5 minutes |
    | `(300x288)x14` | a group, repeated |
    | `0x6` | six steps without a request |
    | `_x12` | twelve steps of which nothing is known: a gap |

    The feed of a whole week with nights is `(40x96 300x144 40x48)x7`. Steps are as long as `step` says, else as the rule's \
    shortest window, and `window: 4032` in `expect` is the 4,033rd.
    """

  private static var examples: String {
    let parts = RuleExamples.all.map { example in
      "### \(example.title)\n\n" + (example.note.map { "\($0)\n\n" } ?? "") + block(example.yaml)
    }
    return (["## More examples"] + parts).joined(separator: "\n\n")
  }

  private static var missing: String {
    func list(_ words: [String]) -> String {
      words.map { "`\($0)`" }.joined(separator: ", ")
    }
    return """
      ## Not yet supported

      Refused as such, never ignored. Kinds: \(list(RuleLanguage.kindsNotYetSupported)). Keys of a rule: \
      \(list(RuleLanguage.keysNotYetSupported)).
      """
  }
}

extension String {
  /// Each line further to the right by so many blanks.
  func lines(indentedBy count: Int) -> String {
    let indent = String(repeating: " ", count: count)
    return split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : indent + $0 }.joined(separator: "\n")
  }
}
