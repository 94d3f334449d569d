package import Baselines

extension UsageHour: StateCoded {
  package mutating func code(with coder: inout StateCoder) {
    start.code(with: &coder)
    let blank = UsageRow(series: 0, part: UsagePart(source: 0, segment: 0), counts: UsageCounts())
    coder.array(&rows, blank: blank) { row, coder in
      coder.code(&row.series)
      row.part.code(with: &coder)
      row.counts.code(with: &coder)
    }
  }
}

extension UsagePart: StateCoded {
  package mutating func code(with coder: inout StateCoder) {
    coder.code(&source)
    coder.code(&segment)
  }
}

extension UsageSeries: StateCoded {
  package mutating func code(with coder: inout StateCoder) {
    coder.code(&key)
    coder.code(&isAddress)
    coder.code(&supplier)
    coder.code(&application)
    coder.code(&api)
    coder.code(&route)
    coder.code(&version)
    coder.code(&network)
  }
}

extension UsageCounts: StateCoded {
  package mutating func code(with coder: inout StateCoder) {
    coder.code(&requests)
    coder.code(&clientErrors)
    coder.code(&serverErrors)
    coder.code(&throttled)
    coder.code(&bytesIn)
    coder.code(&bytesOut)
    coder.code(&last)
  }
}
