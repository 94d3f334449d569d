/// What a ``TallyMonitor`` counts: rules of which it is the same share one.
struct TallyDefinition: Hashable, Sendable {
  let per: Per
  /// With what the measure asks for.
  let filter: RequestFilter
  let counted: TallyMonitor.Counted
  let part: Expression?
  let windowMilliseconds: Int64
  let cellSeconds: Int64
  let cellCount: Int

  init(_ plan: TallyPlan, per: Per, filter: RequestFilter) {
    self.per = per
    self.filter = plan.measure.filter(filter)
    part = plan.part
    windowMilliseconds = plan.windowMilliseconds
    cellSeconds = plan.cellSeconds
    cellCount = Int(plan.cellCount)
    counted =
      switch plan.measure {
      case .bytes(let field): .amount(FieldSlot(field))
      case .distinct(let field): .values(field)
      case .requests, .errors, .percentile, .share: .requests
      }
  }
}
