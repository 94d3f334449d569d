import Detection

// Requests, expressions and nested values.
extension FieldReader {
  mutating func matcher(_ key: String, isRequired: Bool) -> RequestMatcher? {
    guard let value = placedText(key, isRequired: isRequired) else { return nil }
    return MatcherText.matcher(value, name: "'\(key)'", sink: sink)
  }

  mutating func expression(_ key: String, isRequired: Bool) -> Expression? {
    guard let value = isRequired ? requiredNode(key) : node(key) else { return nil }
    guard case .scalar = value.content else {
      // A brace or bracket began it, and YAML made a mapping or a list of it.
      let line = sink.line(value.mark.line) ?? ""
      let hint = ExpressionQuoting.hint(for: line).map { "; \($0)" } ?? ""
      sink.report("'\(key)' must be a quoted expression, not \(value.kind)\(hint)", at: value.mark)
      return nil
    }
    guard let text = scalar(value, name: "'\(key)'") else { return nil }
    do {
      return try Expression(parsing: text.text)
    } catch {
      sink.report(
        "'\(key)': \(error.message)\(quotingHint(key, text))", at: text.mark(at: error.offset),
        suggestion: error.suggestion)
      return nil
    }
  }

  /// A `#` behind a blank cut an expression that was not quoted.
  private func quotingHint(_ key: String, _ text: PlacedText) -> String {
    guard text.style == .plain, let line = sink.line(text.mark.line),
      let value = ExpressionQuoting.value(of: key, in: line), value.contains(" #"),
      let hint = ExpressionQuoting.hint(for: line)
    else { return "" }
    return "; YAML cut it at ' #'; \(hint)"
  }

  mutating func measure(
    _ key: String, oneOf forms: [Measure.Form], default: Measure?
  ) -> Measure? {
    guard let value = placedText(key) else { return `default` }
    do {
      let measure = try Measure(parsing: value.text)
      if forms.contains(measure.form) { return measure }
      let words = forms.flatMap(\.words).joined(separator: ", ")
      sink.report(
        "the measure '\(value.text)' is not yet supported here; this kind takes \(words)",
        at: value.mark)
    } catch {
      sink.report(
        "'\(key)': \(error.message)", at: value.mark(at: error.offset),
        suggestion: error.suggestion)
    }
    return nil
  }

  mutating func field(_ key: String) -> RequestField? {
    guard let value = placedText(key) else { return nil }
    do {
      return try RequestField(parsing: value.text)
    } catch {
      sink.report(
        "'\(key)': \(error.message)", at: value.mark(at: error.offset),
        suggestion: error.suggestion)
      return nil
    }
  }

  mutating func mapping<Value>(
    _ key: String, default: Value, _ body: (inout Self) -> Value
  ) -> Value {
    guard let value = node(key),
      var inner = FieldReader(value, as: "'\(key)'", sink: sink)
    else { return `default` }
    let result = body(&inner)
    inner.finish()
    return result
  }

  mutating func items<Value>(_ key: String, _ body: (inout Self) -> Value?) -> [Value] {
    guard let value = requiredNode(key) else { return [] }
    guard case .list(let nodes) = value.content, !nodes.isEmpty else {
      sink.report("'\(key)' must be a list with at least one mapping", at: value.mark)
      return []
    }
    return nodes.compactMap { node in
      guard var inner = FieldReader(node, as: "each of '\(key)'", sink: sink) else { return nil }
      let result = body(&inner)
      inner.finish()
      return result
    }
  }
}
