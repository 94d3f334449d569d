package import Baselines

extension EngineStatistics: StateCoded {
  package mutating func code(with coder: inout StateCoder) {
    coder.code(&lineCount)
    coder.code(&recordCount)
    coder.code(&blankLineCount)
    coder.code(&trailingTextCount)
    coder.code(&outOfRangeCount)
    coder.code(&gaps, blank: Gap(source: "", start: .blank, end: .blank))
    coder.code(&firstTime, blank: .blank)
    coder.code(&lastTime, blank: .blank)
    codeMalformed(&coder)
  }

  /// A release that knows more reasons reads what one that knew fewer counted.
  private mutating func codeMalformed(_ coder: inout StateCoder) {
    let count = malformed.count
    coder.code(&malformed)
    guard coder.isReading else { return }
    coder.require(malformed.count <= count)
    while malformed.count < count { malformed.append(0) }
  }
}

extension EngineStatistics.Gap: StateCoded {
  package mutating func code(with coder: inout StateCoder) {
    coder.code(&source)
    start.code(with: &coder)
    end.code(with: &coder)
  }
}
