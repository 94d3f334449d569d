import AccessLog
import Baselines

extension MarkLedger: StateCoded {
  mutating func code(with coder: inout StateCoder) {
    coder.array(&marks, blank: Mark(name: "", time: EventTime(milliseconds: 0))) { mark, coder in
      coder.code(&mark.name)
      coder.code(&mark.time.milliseconds)
    }
    coder.code(&droppedCount)
    coder.require(marks.count <= Self.markCountMax)
  }
}
